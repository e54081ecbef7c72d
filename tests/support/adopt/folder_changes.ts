// What a command does to a folder of text files.

/** What each file says, by its path from the folder. */
export type FolderTexts = ReadonlyMap<string, string>;

export interface FolderChanges {
  added: string[];
  changed: string[];
  removed: string[];
}

export function folderTexts(root: string): FolderTexts {
  return new Map(filesIn(root).map((path) => [path, Deno.readTextFileSync(`${root}/${path}`)]));
}

export function changesBetween(before: FolderTexts, after: FolderTexts): FolderChanges {
  return {
    added: [...after.keys()].filter((path) => !before.has(path)),
    changed: [...before].filter(([path, text]) => after.has(path) && after.get(path) !== text)
      .map(([path]) => path),
    removed: [...before.keys()].filter((path) => !after.has(path)),
  };
}

/** The paths of all files below a folder, sorted. */
function filesIn(root: string, folder = ""): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    return isDirectory ? filesIn(root, path) : [path];
  }).sort();
}
