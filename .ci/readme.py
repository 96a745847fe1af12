"""Holds the README against the page of the browser test: each of its TypeScript snippets stands there, to the letter.

readme.py, from the root of the repository
"""

import pathlib
import re
import sys

readme = pathlib.Path("README.md").read_text(encoding="utf-8")
page = [path.read_text(encoding="utf-8") for path in pathlib.Path("tests/browser/page").glob("*.ts")]
snippets = re.findall(r"^```ts\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
strangers = [snippet for snippet in snippets if not any(snippet in source for source in page)]

for snippet in strangers:
    print(f"README.md shows what stands in no file of tests/browser/page:\n\n{snippet}")
print(f"{len(snippets)} snippets of README.md, {len(strangers)} of them strangers")
sys.exit(0 if snippets and not strangers else 1)
