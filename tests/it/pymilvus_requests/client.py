# Runs pieces of Python against the server at argv[1], one JSON text per line, and answers each with what went wrong.
import json
import sys

import pymilvus
from pymilvus import *
from pymilvus.client.search_aggregation import SearchAggregation, TopHits
from pymilvus.function_chain import FunctionChain, FunctionChainStage, col, fn
from pymilvus.orm.schema import FunctionScore, LexicalHighlighter, SemanticHighlighter

scope = dict(globals(), client=MilvusClient(sys.argv[1]))
for line in sys.stdin:
    try:
        exec(json.loads(line), scope)
        answer = None
    except Exception as error:
        answer = repr(error)
    print(json.dumps(answer), flush=True)
