import type { Transcripts } from "./transcripts.ts";

/** One of an agent's own ways of logging in. It needs a terminal, but no browser that could call it back. */
export interface LoginWay {
  /** What a person chooses it by. */
  readonly title: string;
  /** The shell line that does it. */
  readonly line: string;
  /** The token that it only prints: it is asked for afterwards, and kept with the login. */
  readonly token?: PrintedToken;
}

/** A token that an agent takes from a variable. */
export interface PrintedToken {
  readonly variable: string;
  /** What a whole one looks like: a narrow terminal shows it on two lines, of which the first alone may be pasted. */
  readonly whole: RegExp;
}

/** How an agent is logged in, and what makes that needless. */
export interface Login {
  /** The usual way first. */
  readonly ways: readonly LoginWay[];
  /** Variables of which any one is as good as a login. */
  readonly keys: readonly string[];
  /**
   * The variable that names the folder of the credential files, for an agent that replaces them instead of writing them:
   * a link in the home would be lost with the first one.
   */
  readonly folder?: string;
  /** A variable, `[name, value]`, by which the agent knows that it is logged in. */
  readonly mark?: readonly [string, string];
}

/** What the image holds for an agent, so that its first start asks nothing that is not about a login. */
export interface Setup {
  readonly variables: Readonly<Record<string, string>>;
  /** Texts by their full path inside. */
  readonly files: Readonly<Record<string, string>>;
  /** Shell lines that are run before its program, for what depends on the folder or on variables; `"$@"` are its words. */
  readonly before?: string;
}

/** What manyoyo knows of one agent; every agent is a file of this folder. */
export interface Agent {
  /** The field's name for it, which is also its program. */
  readonly name: string;
  readonly title: string;
  /** Of a user's own agent: the program that only it is, and the shell lines that begin it. */
  readonly program?: string | undefined;
  readonly lines?: readonly string[];
  /** Further words for it after `-y` and alone at the root. */
  readonly aliases: readonly string[];
  /** The shell line that starts it without asking for permissions. */
  readonly yolo: string;
  /** Its words that go on with the last conversation of the folder; none where it has no such words. */
  readonly continueLast: readonly string[];
  /** Its words that the exit menu adds to the first command. */
  readonly resume: readonly string[];
  /** Its words that go on with one conversation. */
  readonly resumeById: (id: string) => readonly string[];
  /**
   * Shell patterns, relative to the home inside, of which one exists once there is a conversation to go on with.
   * `folder` is the working directory inside. None where only the agent itself can know.
   */
  readonly conversations: (folder: string) => readonly string[];
  /**
   * What a conversation's file must hold for `continueLast` to find it: agents leave out those that were held without
   * their screen, and go on with such a one only by its id. Without it they find every one. An extended regular expression.
   */
  readonly listed?: string;
  /** How those conversations are read; without it, manyoyo cannot tell them apart. */
  readonly transcripts?: Transcripts;
  /** The npm package that brings its program; undefined for one that manyoyo does not install. */
  readonly npm: string | undefined;
  readonly setup?: Setup;
  /**
   * The folders of its state, relative to the home inside, each with the name that it has in a volume of ours:
   * conversations, settings, and the login, see `credentials`.
   */
  readonly state: Readonly<Record<string, string>>;
  /** The files of its login, relative to the home inside: they lie below one of the folders of `state`. */
  readonly credentials: readonly string[];
  /**
   * Further files with keys, its tools' among them, relative to the home inside: not part of its login, and never handed on. A
   * slash at the end stands for all files in a folder.
   */
  readonly secrets?: readonly string[];
  /** Files of JSON that hold keys among other things, by their names, with the keys' names there. */
  readonly keyFiles?: Readonly<Record<string, readonly string[]>>;
  /** Without it, `manyoyo login` cannot log it in. */
  readonly login?: Login;
}
