package dev.sotto.cli;

import dev.sotto.cli.lane.LocalLane;
import dev.sotto.cli.lane.NodeOptions;
import dev.sotto.client.Answer;
import dev.sotto.client.Generation;
import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import dev.sotto.client.StopStrings;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.client.lane.LaneUsage;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.node.Node;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code sotto generate}: an answer computed under sharing, by nodes that are processes of their
 * own.
 */
@Command(
    name = "generate",
    description = {
      "Answers a prompt with a model that is secret-shared over three nodes, each a process of its own on this machine.",
      "Only this process sees the prompt and the answer; no process sees the weights."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class GenerateCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private PromptOptions options = new PromptOptions();
  @Mixin private SamplingOptions sampling = new SamplingOptions();
  @Mixin private KernelsOption kernels = new KernelsOption();

  @Option(
      names = "--stages",
      paramLabel = "N",
      description =
          "Split the model's layers over N stages of three nodes each (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int stages = 1;

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    if (stages < 1) {
      throw new ParameterException(command, "--stages must be 1 or more, was " + stages);
    }
    NodeOptions nodes = NodeOptions.DEFAULT.withKernels(kernels.name(command));
    String text = options.prompt(command, System.in);
    Sampling settings = sampling.sampling(command);
    StopStrings stops = options.stops(command);
    int maxTokens = options.maxTokens(command);

    Stopwatch watch = new Stopwatch(System::nanoTime);
    Provisioning provisioning = new Provisioning(options.model(), home.home(), stages);
    ShardSet shards;
    try (ProgressLine progress = ProgressLine.on(command.getErr())) {
      shards = provisioning.ensure(progress);
    }
    PublicPart part = Provisioning.publicPart(shards);
    double provisioned = watch.lap();

    try (Generation generation = new Generation(part)) {
      int[] prompt = generation.prompt(text, options.raw());
      int room = Math.min(part.config().context(), RingPlan.SERVED_CONTEXT) - prompt.length;
      if (room < 1) {
        throw new InvalidParameter(
            "prompt",
            "has %d tokens, but nodes serve %d, the answer included; shorten it"
                .formatted(prompt.length, RingPlan.SERVED_CONTEXT));
      }
      int most = Math.min(maxTokens, room);
      NodeIdentity caller = NodeIdentity.create();
      Path run = Files.createTempDirectory(Files.createDirectories(home.home().run()), "lane-");
      try (LocalLane lane = LocalLane.start(shards, caller, run, nodes)) {
        double started = watch.lap();
        try (LaneJob job =
            LaneJob.open(
                lane.lane(),
                caller,
                Node.linkSettings(),
                part.config().vocab(),
                prompt.length,
                most,
                PATIENCE)) {
          answer(command, generation, job, prompt, settings, stops, most, provisioned, started);
        }
      }
    } catch (InvalidParameter e) {
      throw new ParameterException(command, "the " + e.getMessage(), e);
    } catch (LaneException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  private void answer(
      CommandLine command,
      Generation generation,
      LaneJob job,
      int[] prompt,
      Sampling settings,
      StopStrings stops,
      int most,
      double provisioned,
      double started) {
    PrintWriter out = command.getOut();
    LaneUsage[] prefill = new LaneUsage[1];
    TimedSteps steps =
        new TimedSteps(
            tokens -> {
              float[] logits = job.next(tokens);
              if (prefill[0] == null) {
                prefill[0] = job.usage();
              }
              return logits;
            },
            System::nanoTime);
    TextOutput shown = new TextOutput(out, options.json());
    Answer answer;
    try {
      answer = generation.answer(steps, prompt, settings, stops, most, shown);
    } finally {
      shown.end(); // a complaint does not continue the line of the answer
    }
    CostReport cost = new CostReport(prefill[0], job.usage(), steps.decoded());
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("provision", provisioned);
    seconds.putAll(steps.seconds(started));
    if (options.json()) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("model", options.model());
      facts.put("protection", "passive");
      facts.put("seed", settings.seed());
      facts.put("prompt_ids", prompt);
      facts.put("completion_ids", answer.tokens());
      facts.put("text", answer.text());
      facts.put("finish_reason", answer.finish().label());
      facts.put("seconds", seconds);
      facts.putAll(cost.facts());
      out.println(JsonMapper.shared().writeValueAsString(facts));
      out.flush();
    } else {
      command.getErr().println(cost.sentence(seconds));
      command.getErr().flush();
    }
  }
}
