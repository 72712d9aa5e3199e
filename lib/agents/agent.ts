/** What manyoyo knows of one agent; every agent is a file of this folder. */
export interface Agent {
  /** The field's name for it, which is also its program. */
  readonly name: string;
  readonly title: string;
  /** Further words for it after `-y` and alone at the root. */
  readonly aliases: readonly string[];
  /** The shell line that starts it without asking for permissions. */
  readonly yolo: string;
  /** Its words that go on with the last conversation of the folder. */
  readonly continueLast: readonly string[];
  /** Its words that the exit menu adds to the first command. */
  readonly resume: readonly string[];
  /** Its words that go on with one conversation. */
  readonly resumeById: (id: string) => readonly string[];
  /**
   * Shell patterns, relative to the home inside, of which one exists once there is a conversation to go on with.
   * `folder` is the working directory inside.
   */
  readonly conversations: (folder: string) => readonly string[];
}
