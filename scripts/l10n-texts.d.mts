export function textsOf(root: string): string[];
export function taggedTexts(source: string): string[];
