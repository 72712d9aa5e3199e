/** What `manyoyo help` explains beside verbs, and which facts each page tells. Completion reads it: it loads nothing. */
export const topics = {
  options: "Every option there is",
  settings: "The keys of manyoyo.json and of profiles",
  profiles: "Settings by name, for -r",
  "env-files": "Files of variables, for --env-file",
  environment: "The variables that manyoyo reads",
  files: "Where manyoyo looks for files, and writes them",
  "exit-status": "What each exit status means",
  scripting: "What a script can rely on: streams, questions, JSON, codes",
  agents: "The agents that are known, by all their names",
} as const;

export type Topic = keyof typeof topics;

/** Whether `word` is a topic; verbs are not. */
export function isTopic(word: string): word is Topic {
  return Object.hasOwn(topics, word);
}

/** All topics, in the order of the table. */
export function topicNames(): readonly Topic[] {
  return Object.keys(topics).filter(isTopic);
}
