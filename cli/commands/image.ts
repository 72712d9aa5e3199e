import { baseCost, baseTar, buildBase } from "../../lib/image/base.ts";
import { imageOf } from "../../lib/session/plan.ts";
import { commandLineLayer } from "../../lib/settings/command-line.ts";
import { mergeLayers } from "../../lib/settings/layer.ts";
import { type Call, commonLayers, engineOf } from "../call.ts";
import { answer, answerJson, say } from "../print.ts";

/** `manyoyo image build`: makes the small image that sessions run in when nothing can be pulled. */
export async function build(call: Call): Promise<number> {
  const { imageName, imageVer, json } = call.parsed.values;
  const layers = [
    ...(await commonLayers(call)),
    commandLineLayer({ imageName, imageVer }, call.cwd, call.env),
  ];
  const { engine } = engineOf(call, layers);
  const image = imageOf(mergeLayers(layers));
  say(`Building ${image} (${engine.name}): ${baseCost} ...`);
  await buildBase(engine, image, baseTar(call.env));
  if (json) answerJson({ image, engine: engine.name });
  else answer(image);
  return 0;
}
