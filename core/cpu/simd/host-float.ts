// Results taken from the host's arithmetic where that is provably the same: rounding to nearest, normal operands or zeros, a result so far from the
// limits of its format that it is neither tiny nor too great. Whether it is exact is found without rounding; everything else is soft-float.
// A double holds the product of two singles, and rounds twice without harm: it has more than twice their bits and two more.

const SMALLEST_SINGLE = 2 ** -126, GREATEST_SINGLE = 2 ** 127, SMALLEST_DOUBLE = 2 ** -1022, GREATEST_DOUBLE = 2 ** 1022;
/** Between these, the parts of a product of doubles neither vanish nor overflow. */
const SMALL = 2 ** -450, GREAT = 2 ** 450;
/** Cuts a double into halves of 26 bits. */
const SPLITTER = 2 ** 27 + 1;

/** The operations there are for two lanes: the result, NaN where this way does not serve. Whether it was exact is in `wasExact`. */
export type HostOperation = (x: number, y: number) => number;
/** Whether the last result was exact. */
export let wasExact = true;

const isNormal = (value: number, smallest: number, greatest: number): boolean => value === 0 || (Math.abs(value) >= smallest && Math.abs(value) <= greatest);
const areSingles = (x: number, y: number): boolean => isNormal(x, SMALLEST_SINGLE, GREATEST_SINGLE) && isNormal(y, SMALLEST_SINGLE, GREATEST_SINGLE);
const areDoubles = (x: number, y: number): boolean => isNormal(x, SMALLEST_DOUBLE, GREATEST_DOUBLE) && isNormal(y, SMALLEST_DOUBLE, GREATEST_DOUBLE);
/** A result next to the smallest normal number may have been tiny before it was rounded. */
const asSingle = (result: number): number => (isNormal(result, SMALLEST_SINGLE * 2, GREATEST_SINGLE) ? result : NaN);
const asDouble = (result: number): number => (isNormal(result, SMALLEST_DOUBLE * 2, GREATEST_DOUBLE) ? result : NaN);

/** What `x + y` lost when it was rounded to `sum`, exactly. */
function lostInSum(x: number, y: number, sum: number): number {
  const other = sum - x;
  return (x - (sum - other)) + (y - other);
}

/** What `x * y` lost when it was rounded to `product`, exactly; factors and product are between SMALL and GREAT, or zero. */
function lostInProduct(x: number, y: number, product: number): number {
  const xLarge = x * SPLITTER, yLarge = y * SPLITTER;
  const xHigh = xLarge - (xLarge - x), yHigh = yLarge - (yLarge - y), xLow = x - xHigh, yLow = y - yHigh;
  return ((xHigh * yHigh - product) + xHigh * yLow + xLow * yHigh) + xLow * yLow;
}
const isBetween = (value: number): boolean => Math.abs(value) >= SMALL && Math.abs(value) <= GREAT;
const isMeasured = (value: number): boolean => value === 0 || isBetween(value);

export const addSingles: HostOperation = (x, y) => {
  if (!areSingles(x, y)) return NaN;
  const sum = x + y, result = Math.fround(sum);
  wasExact = sum === result && lostInSum(x, y, sum) === 0;
  return asSingle(result);
};
export const subtractSingles: HostOperation = (x, y) => addSingles(x, -y);
export const multiplySingles: HostOperation = (x, y) => {
  if (!areSingles(x, y)) return NaN;
  const product = x * y, result = Math.fround(product);
  wasExact = product === result;
  return result === 0 && product !== 0 ? NaN : asSingle(result);
};
export const divideSingles: HostOperation = (x, y) => {
  if (!areSingles(x, y) || y === 0) return NaN;
  const result = Math.fround(x / y);
  wasExact = result * y === x;
  return result === 0 && x !== 0 ? NaN : asSingle(result);
};
export const rootOfSingle: HostOperation = (x) => {
  if (!areSingles(x, x) || x <= 0) return NaN;
  const result = Math.fround(Math.sqrt(x));
  wasExact = result * result === x;
  return result;
};

export const addDoubles: HostOperation = (x, y) => {
  if (!areDoubles(x, y)) return NaN;
  const sum = x + y;
  wasExact = lostInSum(x, y, sum) === 0;
  return asDouble(sum);
};
export const subtractDoubles: HostOperation = (x, y) => addDoubles(x, -y);
export const multiplyDoubles: HostOperation = (x, y) => {
  const product = x * y;
  if (!isMeasured(x) || !isMeasured(y) || (!isBetween(product) && x !== 0 && y !== 0)) return NaN;
  wasExact = lostInProduct(x, y, product) === 0;
  return product;
};
export const divideDoubles: HostOperation = (x, y) => {
  if (!isMeasured(x) || !isBetween(y)) return NaN;
  const result = x / y, product = result * y;
  if (!isBetween(result) && x !== 0) return NaN;
  wasExact = product === x && lostInProduct(result, y, product) === 0;
  return result;
};
export const rootOfDouble: HostOperation = (x) => {
  if (!isBetween(x) || x <= 0) return NaN;
  const result = Math.sqrt(x), product = result * result;
  wasExact = product === x && lostInProduct(result, result, product) === 0;
  return result;
};
