package dev.sotto.cli;

import dev.sotto.cli.bench.Bench;
import dev.sotto.cli.bench.Entry;
import dev.sotto.cli.bench.Figure;
import dev.sotto.cli.bench.FigureTable;
import dev.sotto.cli.bench.Machine;
import dev.sotto.client.lane.LaneException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code sotto bench}: what sharing costs on this machine. */
@Command(
    name = "bench",
    description = {
      "Measures what this machine can do at best, and what kernels, protocols and a model under sharing take of it.",
      "All of it takes half an hour. A limit that is missed is marked, and is no error."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchCommand implements Callable<Integer> {
  private static final int MOST_RUNS = 1000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private KernelsOption kernels = new KernelsOption();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "Figures to measure, by name or by its beginning up to a dot, e.g. decode.128 or kernel (default: all).")
  private List<String> names = new ArrayList<>();

  @Option(names = "--list", description = "Name all figures and measure none.")
  private boolean list;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the figures to FILE as one JSON object.")
  private @Nullable Path json;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Also draw growth.* into FILE as SVG.")
  private @Nullable Path svg;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = ModelNames.DEFAULT,
      description = ModelNames.DESCRIPTION + " (default: ${DEFAULT-VALUE}).")
  private String model = ModelNames.DEFAULT;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description =
          "How often each thing is measured (default: "
              + Bench.RUNS
              + ", and "
              + Bench.MODEL_RUNS
              + " for the whole model).")
  private @Nullable Integer runs;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of all made-up inputs (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    PrintWriter out = command.getOut();
    if (runs != null && (runs < 1 || runs > MOST_RUNS)) {
      throw new ParameterException(
          command, "--runs must be 1 to %d, was %d".formatted(MOST_RUNS, runs));
    }
    String provider = kernels.name(command);
    Machine machine = Machine.here();
    try (ProgressLine progress = ProgressLine.on(command.getErr())) {
      BenchSubject subject = new BenchSubject(model, home.home(), progress);
      Bench bench =
          new Bench(
              subject,
              runs == null ? Bench.RUNS : runs,
              runs == null ? Bench.MODEL_RUNS : runs,
              seed,
              provider,
              progress::at);
      for (String name : names) {
        if (!bench.knows(name)) {
          throw new ParameterException(
              command, "no figure is called " + name + "; see 'sotto bench --list'");
        }
      }
      if (svg != null && !bench.draws(names)) {
        throw new ParameterException(
            command, "--svg draws growth, which is not among the figures asked for");
      }
      if (list) {
        for (Entry entry : bench.entries()) {
          out.printf("%-36s %s%n", entry.name(), entry.about());
        }
        out.flush();
        return 0;
      }
      FigureTable table = new FigureTable(out);
      List<Figure> figures =
          bench.measure(
              names,
              figure -> {
                progress.clear();
                table.add(figure);
              });
      if (json != null) {
        Files.write(
            json,
            JsonMapper.shared()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(bench.facts(model, machine, figures)));
      }
      if (svg != null) {
        String plots =
            bench
                .plots(figures)
                .orElseThrow(() -> new CommandFailed("too little was measured to draw " + svg));
        Files.writeString(svg, plots);
      }
    } catch (LaneException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
    return 0;
  }
}
