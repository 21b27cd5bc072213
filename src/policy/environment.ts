// The label that policy gives to what is acted on. There are three, and no other word for them.

export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

/** What people write instead; the suggestion in an error, never taken for it. */
const ALSO_CALLED: Readonly<Record<string, Environment>> = {
  development: "dev",
  develop: "dev",
  test: "dev",
  stage: "staging",
  stg: "staging",
  production: "prod",
  live: "prod",
};

/** Whether it is one, exactly. */
export function isEnvironment(name: string): name is Environment {
  return ENVIRONMENTS.some((each) => each === name);
}

/** What somebody who wrote `name` may have meant; undefined where nothing is near. */
export function meantEnvironment(name: string): Environment | undefined {
  const typed = name.trim().toLowerCase();
  if (isEnvironment(typed)) return typed;
  const letters = (text: string) => [...text].sort().join("");
  // Letters that changed places: `prdo`.
  return ALSO_CALLED[typed] ?? ENVIRONMENTS.find((each) => letters(each) === letters(typed));
}
