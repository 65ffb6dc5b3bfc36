"""Checks a traced result of the volatility model: every number was found in bytes, and the result is what they give."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "model"))
import make_volatility

traced = json.loads(Path(sys.argv[1]).read_text())
prices = [float(one["value"]) for one in traced["inputs"]]
said = traced["output"]["volatility"][0]
expected = make_volatility.volatility(prices)
print(f"prices fed, oldest first: {', '.join(one['value'] for one in traced['inputs'])}")
print(f"volatility: {said:.6e} from the chain, {expected:.6e} computed here")
if not traced["traced"]:
    sys.exit("not every number was found in what the source answered")
# The model has 32-bit floats, of whose logarithms only the last bits differ.
if abs(said - expected) > 2e-6:
    sys.exit("the chain's result is another")
