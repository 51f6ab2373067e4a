# Counts the instances per class of a COCO or LVIS file with a Python library: python3 scan_python.py LIBRARY FILE
# Prints the counts in the order of the categories as JSON; without FILE only tells whether the library is there.
import json
import os
import resource
import sys


def with_json(path):
    with open(path, encoding="utf8") as file:
        return counted(json.load(file))


def with_orjson(path):
    import orjson

    with open(path, "rb") as file:
        return counted(orjson.loads(file.read()))


def counted(data):
    counts = {category["id"]: 0 for category in data["categories"]}
    for annotation in data["annotations"]:
        counts[annotation["category_id"]] += 1
    return counts


def with_msgspec(path):
    import msgspec

    class Entry(msgspec.Struct):
        id: int

    class Annotation(msgspec.Struct):
        category_id: int

    class Document(msgspec.Struct):
        categories: list[Entry]
        annotations: list[Annotation]

    with open(path, "rb") as file:
        data = msgspec.json.decode(file.read(), type=Document)
    counts = {category.id: 0 for category in data.categories}
    for annotation in data.annotations:
        counts[annotation.category_id] += 1
    return counts


def with_duckdb(path):
    import duckdb

    name = path.replace("'", "''")
    columns = "{annotations: 'STRUCT(category_id BIGINT)[]', categories: 'STRUCT(id BIGINT)[]'}"
    table = f"read_json('{name}', columns={columns}, maximum_object_size=2000000000)"
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"CREATE TEMP TABLE document AS SELECT * FROM {table}")
    ids = connection.execute("SELECT c.id FROM (SELECT unnest(categories) AS c FROM document)").fetchall()
    counts = {row[0]: 0 for row in ids}
    found = connection.execute(
        "SELECT a.category_id, count(*) FROM (SELECT unnest(annotations) AS a FROM document) GROUP BY 1"
    )
    counts.update(found.fetchall())
    return counts


def with_pycocotools(path):
    import contextlib

    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(sys.stderr):
        data = COCO(path)
    return {category: len(data.getAnnIds(catIds=[category])) for category in data.getCatIds()}


libraries = {
    "json": with_json,
    "orjson": with_orjson,
    "msgspec": with_msgspec,
    "duckdb": with_duckdb,
    "pycocotools": with_pycocotools,
}

if len(sys.argv) < 3:
    __import__(sys.argv[1])
    sys.exit()
print(json.dumps(list(libraries[sys.argv[1]](sys.argv[2]).values())))
usage = resource.getrusage(resource.RUSAGE_SELF)
with open(os.environ["USAGE_FILE"], "w") as file:
    kilobytes = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    json.dump({"kilobytes": kilobytes, "seconds": usage.ru_utime + usage.ru_stime}, file)
