// One shared tooltip for the window: shown on hover after a moment, at once on keyboard focus, gone on Escape.
import type { Attachment } from 'svelte/attachments';
import { placeBeside } from './place.ts';

const DELAY_MS = 350;
let bubble: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function hide(): void {
  clearTimeout(timer);
  bubble?.remove();
  bubble = null;
}

function show(target: Element, text: string): void {
  hide();
  if (!target.isConnected) return;
  bubble = document.createElement('div');
  bubble.className = 'tip';
  bubble.setAttribute('role', 'tooltip');
  bubble.textContent = text;
  (target.closest('dialog') ?? document.body).append(bubble);
  const at = placeBeside(target.getBoundingClientRect(), bubble.getBoundingClientRect(), { width: innerWidth, height: innerHeight });
  bubble.style.left = `${String(at.left)}px`;
  bubble.style.top = `${String(at.top)}px`;
}

/** Attaches a tooltip with this text; an empty text attaches none. The control's own label must already say what it does. */
export function tip(text: string): Attachment {
  return (element) => {
    if (text === '') return undefined;
    const enter = (): void => { clearTimeout(timer); timer = setTimeout(() => { show(element, text); }, DELAY_MS); };
    const focus = (): void => { if (element.matches(':focus-visible')) show(element, text); };
    const key = (event: Event): void => { if (event instanceof KeyboardEvent && event.key === 'Escape') hide(); };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', hide);
    element.addEventListener('pointerdown', hide);
    element.addEventListener('focus', focus);
    element.addEventListener('blur', hide);
    element.addEventListener('keydown', key);
    return () => {
      hide();
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', hide);
      element.removeEventListener('pointerdown', hide);
      element.removeEventListener('focus', focus);
      element.removeEventListener('blur', hide);
      element.removeEventListener('keydown', key);
    };
  };
}
