// What the outside world got wrong: a file, an argument, an image, an expression, a message.
// One line, saying what is wrong and what to do. The command line prints it and exits with 2.

/** A refusal of outside input. `message` is one line for a person; it ends with what to do about it. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
