/** What reads Parquet; a bundle of its own, loaded with the first such file. */
export { parquetMetadataAsync } from "hyparquet";
export { parquetReadColumn } from "hyparquet/src/read.js";
export { compressors } from "hyparquet-compressors";
