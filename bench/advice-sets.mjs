// The data sets of bench/advice.mjs, and the parts of each that are tested in turn.

const cifar = (factor) => ({
  train: { inputs: "cifar10-lt/train_if10_hog.npy", labels: `cifar10-lt/train_if${factor}.txt` },
  test: { inputs: "cifar10-lt/test_hog.npy", labels: "cifar10-lt/test.txt" },
});
const atis = (part) => ({ inputs: `atis/${part}/seq.in`, labels: `atis/${part}/label` });
const both = (file) => ({ train: { inputs: file, labels: file } });

/**
 * Files by name of the set; `test` where the source has a test part of its own. Of one that is large a fifth of every class
 * is tested in each round, another one each time.
 */
export const datasets = {
  glass: both("uci/glass.data"),
  ecoli: both("uci/ecoli.data"),
  yeast: both("uci/yeast.csv"),
  "page-blocks": both("uci/page-blocks.csv"),
  "wine-white": both("uci/winequality-white.csv"),
  frogs: both("uci/Frogs_MFCCs.csv.gz"),
  pendigits: both("uci/pendigits.tra"),
  "cifar10-lt-50": cifar(50),
  "cifar10-lt-100": cifar(100),
  "nsl-kdd-20": { ...both("nsl-kdd-20/KDDTrain+_20Percent.txt.gz"), isLarge: true },
  atis: { train: atis("train"), test: atis("test") },
  banking77: { ...both("banking77/train.csv"), test: both("banking77/test.csv").train },
};

/**
 * Returns the rows of each of so many parts: of every class each part has as many as the others or one more, and the rows of
 * a class with fewer are in as many parts. A class of one row is in none: it could not be learnt.
 * @param order the rows, shuffled
 */
export function stratifiedParts(labels, order, count) {
  const members = new Map();
  for (const row of order) {
    const rows = members.get(labels[row]) ?? [];
    rows.push(row);
    members.set(labels[row], rows);
  }
  const parts = Array.from({ length: count }, () => []);
  // Classes begin where the last one ended, so that the first part does not get the odd row of each.
  let next = 0;
  for (const rows of members.values()) {
    if (rows.length > 1) for (const row of rows) parts[next++ % count].push(row);
  }
  return parts.map((rows) => rows.sort((a, b) => a - b));
}
