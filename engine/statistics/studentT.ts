/** Student's t distribution, for means of few values. */

/** Returns t such that a share `level` of the distribution lies between -t and t; `freedom` above 0, whole or not. */
export function studentQuantile(level: number, freedom: number): number {
  // Beyond a million degrees it is the normal distribution to six digits.
  const degrees = Math.min(freedom, 1e6);
  let [low, high] = [0, 1];
  while (outside(high, degrees) > 1 - level) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (outside(middle, degrees) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}

/** Share outside of -t and t: Abramowitz and Stegun 1964, 26.7.1 with 26.5.27. */
function outside(t: number, degrees: number): number {
  return regularBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** Regularised incomplete beta function by its continued fraction: Abramowitz and Stegun 1964, 26.5.8. */
function regularBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * continued(x, a, b)) / a
    : 1 - (front * continued(1 - x, b, a)) / b;
}

/** Evaluated from the front: Lentz 1976. */
function continued(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= 500; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      c = 1 + numerator / c;
      d = 1 / (1 + numerator * d);
      value *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return value;
}

const lanczos = [
  76.180_091_729_471_46, -86.505_320_329_416_78, 24.014_098_240_830_91, -1.231_739_572_450_155,
  0.001_208_650_973_866_179, -0.000_005_395_239_384_953,
];

/** Lanczos 1964, with six terms: to ten digits. */
function logGamma(x: number): number {
  const shifted = x + 5.5;
  const sum = lanczos.reduce((total, term, i) => total + term / (x + i + 1), 1.000_000_000_190_015);
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((Math.sqrt(2 * Math.PI) * sum) / x);
}
