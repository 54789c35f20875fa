// Mounts the app on the bridge the preload script offers.
import { mount } from 'svelte';
import App from './app.svelte';
import { Session } from './session/session.svelte.ts';
import './ui/tokens.css';
import './ui/base.css';

const target = document.getElementById('app');
if (target !== null) {
  const session = new Session(window.ringscope);
  mount(App, { target, props: { session } });
  void session.start();
}
