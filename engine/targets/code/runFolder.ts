/** The Python that writes docs/run-format.md, for the recorders of every framework. */

/** The class `RunFolder` and what it stands on; `program` is part of the name of a run. */
export function runFolder(program: string): string {
  return `class RunFolder:
    """The files of one run. A crash leaves every line and row that was written before it."""

    def __init__(self, place: Path, description: dict[str, Any]) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        ignore = place / ".equipoise" / ".gitignore"
        ignore.parent.mkdir(parents=True, exist_ok=True)
        if not ignore.exists():
            ignore.write_text("*\\n", encoding="utf-8")
        runs = ignore.parent / "runs"
        for n in range(1, 1000):
            self.path = runs / (f"{stamp}-${program}" if n == 1 else f"{stamp}-${program}-{n}")
            try:
                self.path.mkdir(parents=True)
                break
            except FileExistsError:
                continue
        name = self.path.name
        self.description = {"format": "equipoise-run", "version": 1, "id": name, "experiment": name, **description}
        self.classes = len(description["classes"])
        self.rows = 0
        self.series = open(self.path / "classes.npy", "w+b")
        self._header()
        self.scalars = open(self.path / "scalars.jsonl", "ab")
        self.state({"kind": "running"})

    def state(self, state: dict[str, Any]) -> None:
        self.description["state"] = state
        self._replace("run.json", (json.dumps(self.description, indent=2) + "\\n").encode())

    def report(self, line: dict[str, Any], series: list[list[float]]) -> None:
        values = [value for each in series for value in each]
        self.series.seek(128 + self.rows * 8 * len(values))
        self.series.write(struct.pack(f"<{len(values)}d", *values))
        # The header tells of a row only once it is there in full.
        self.series.flush()
        self.rows += 1
        self._header()
        self.scalars.write((json.dumps({"row": self.rows - 1, **line}) + "\\n").encode())
        self.scalars.flush()

    def predictions(self, truth: list[int], predicted: list[int]) -> None:
        values = struct.pack(f"<{2 * len(truth)}i", *truth, *predicted)
        self._replace("predictions.npy", npy_header("<i4", (2, len(truth))) + values)

    def close(self) -> None:
        self.series.close()
        self.scalars.close()

    def _header(self) -> None:
        self.series.seek(0)
        self.series.write(npy_header("<f8", (self.rows, 5, self.classes)))
        self.series.flush()

    def _replace(self, name: str, content: bytes) -> None:
        draft = self.path / f"{name}.tmp"
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.path / name)


def npy_header(descr: str, shape: tuple[int, ...]) -> bytes:
    """A NumPy header of 128 bytes, so that it can be written again in place."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    return b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", 118) + text.ljust(117).encode() + b"\\n"`;
}
