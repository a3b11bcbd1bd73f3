"""Prints the JSON Schema: `python -m recommenders.playbooks > playbooks/playbook.schema.json`."""

import json

from recommenders.playbooks.schema import json_schema

print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
