"""Sets a model up with EZKL, proves it, and writes the verifier's artefact; then tells whether EZKL believes proofs named on standard input."""

import asyncio
import json
import os
import pathlib
import sys

import ezkl


def circuit(folder, visibility, logrows):
    args = ezkl.PyRunArgs()
    args.input_visibility, args.output_visibility, args.param_visibility = visibility.split("/")
    args.logrows = logrows
    yield ezkl.gen_settings(folder("model.onnx"), folder("settings.json"), py_run_args=args)
    yield ezkl.calibrate_settings(folder("input.json"), folder("model.onnx"), folder("settings.json"), "resources", max_logrows=logrows)


async def finished(result):
    if hasattr(result, "__await__"):
        result = await result
    if result is False:
        sys.exit("EZKL refuses without a reason")
    return result


async def made(folder, srs, visibility, logrows):
    for step in circuit(folder, visibility, logrows):
        await finished(step)
    settings = pathlib.Path(folder("settings.json"))
    chosen = json.loads(settings.read_text())
    # Calibration takes the fewest rows that will do.
    chosen["run_args"]["logrows"] = logrows
    settings.write_text(json.dumps(chosen))
    await finished(ezkl.compile_circuit(folder("model.onnx"), folder("network.compiled"), folder("settings.json")))
    await finished(ezkl.setup(folder("network.compiled"), folder("vk.key"), folder("pk.key"), srs_path=srs))
    witness = {"vk_path": folder("vk.key"), "srs_path": srs} if "polycommit" in visibility else {}
    await finished(ezkl.gen_witness(folder("input.json"), folder("network.compiled"), folder("witness.json"), **witness))
    prove = [folder(name) for name in ("witness.json", "network.compiled", "pk.key", "proof.json")]
    await finished(ezkl.prove(*prove, srs_path=srs))
    await finished(ezkl.create_evm_vka(folder("vk.key"), folder("settings.json"), folder("vka.bytes"), srs_path=srs))
    os.remove(folder("pk.key"))


async def judged(folder, srs, file):
    try:
        return await finished(ezkl.verify(file, folder("settings.json"), folder("vk.key"), srs_path=srs)) is True
    # Its panics are no exceptions.
    except BaseException:
        return False


async def main():
    path, srs, visibility, logrows = sys.argv[1:]
    folder = lambda name: str(pathlib.Path(path) / name)
    if not os.path.exists(folder("vka.bytes")):
        await made(folder, srs, visibility, int(logrows))
    print("ready", flush=True)
    for line in sys.stdin:
        print("valid" if await judged(folder, srs, line.strip()) else "invalid", flush=True)


asyncio.run(main())
# The library may abort when the interpreter ends.
os._exit(0)
