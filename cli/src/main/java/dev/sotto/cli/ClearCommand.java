package dev.sotto.cli;

import dev.sotto.client.Answer;
import dev.sotto.client.Generation;
import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import dev.sotto.client.StopStrings;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code sotto clear}: the oracle, the same model without any sharing. */
@Command(
    name = "clear",
    description =
        "Answers with the model in the clear, in this process, which sees everything: no protection.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ClearCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private PromptOptions options = new PromptOptions();
  @Mixin private SamplingOptions sampling = new SamplingOptions();

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    String text = options.prompt(command, System.in);
    Sampling settings = sampling.sampling(command);
    StopStrings stops = options.stops(command);
    int maxTokens = options.maxTokens(command);
    PrintWriter out = command.getOut();

    Stopwatch watch = new Stopwatch(System::nanoTime);
    PublicPart part;
    ClearModel model;
    try (ProgressLine progress = ProgressLine.on(command.getErr());
        ModelFiles source = new ModelSource(options.model(), home.home()).open(progress)) {
      part = source.publicPart();
      progress.at("loading weights");
      model = ClearWeights.load(source);
    }
    command.getErr().println("sotto: computed in the clear, without protection");
    command.getErr().flush();
    double start = watch.lap();
    try (Generation generation = new Generation(part)) {
      int[] prompt = generation.prompt(text, options.raw());
      ClearRun run = model.start();
      TimedSteps steps = new TimedSteps(run::logits, System::nanoTime);
      TextOutput shown = new TextOutput(out, options.json());
      Answer answer = generation.answer(steps, prompt, settings, stops, maxTokens, shown);
      shown.end();
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("model", options.model());
      facts.put("protection", "none");
      facts.put("seed", settings.seed());
      facts.put("prompt_ids", prompt);
      facts.put("completion_ids", answer.tokens());
      facts.put("text", answer.text());
      facts.put("finish_reason", answer.finish().label());
      facts.put("seconds", steps.seconds(start));
      if (options.json()) {
        out.println(JsonMapper.shared().writeValueAsString(facts));
        out.flush();
      }
    } catch (InvalidParameter e) {
      throw new ParameterException(command, "the " + e.getMessage(), e);
    }
    return 0;
  }
}
