package dev.sotto.cli;

import dev.sotto.cli.ShardFolders.Provisioned;
import dev.sotto.models.source.KnownModel;
import dev.sotto.models.source.ModelResolver;
import dev.sotto.models.source.ModelSources;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code sotto models}: which there are, and how far each is on its way. */
@Command(
    name = "models",
    description = "Lists the models that have a name, what is cached and what is provisioned.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ModelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  /**
   * One line of the answer.
   *
   * @param bytes of the model's file, −1 where it is not known
   * @param stages the numbers of stages of complete sets of shards
   */
  record Line(String model, long bytes, boolean cached, List<Integer> stages) {}

  @Override
  public Integer call() throws IOException {
    List<Line> lines = lines();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonMapper.builder().build().writeValueAsString(lines));
    } else {
      out.printf("%-32s %10s  %-7s  %s%n", "MODEL", "SIZE", "CACHED", "PROVISIONED");
      for (Line line : lines) {
        String size = line.bytes() < 0 ? "-" : ProgressLine.megabytes(line.bytes());
        String cached = line.cached() ? "yes" : "no";
        out.printf("%-32s %10s  %-7s  %s%n", line.model(), size, cached, provisioned(line));
      }
    }
    out.flush();
    return 0;
  }

  private static String provisioned(Line line) {
    return line.stages().isEmpty()
        ? "no"
        : line.stages().stream()
            .map(n -> n == 1 ? "1 stage" : n + " stages")
            .collect(Collectors.joining(", "));
  }

  private List<Line> lines() throws IOException {
    Home folders = home.home();
    ModelResolver resolver = new ModelResolver(ModelSources.cachedIn(folders.cache()));
    Map<String, Line> lines = new LinkedHashMap<>();
    for (KnownModel model : KnownModel.all()) {
      lines.put(
          model.name(), new Line(model.name(), model.bytes(), resolver.cached(model), List.of()));
    }
    Set<String> named = new HashSet<>();
    for (Provisioned found : new ShardFolders(folders.shards()).list()) {
      // A known model goes by its name; of two that have it, as all others, by the folder's.
      boolean known = lines.containsKey(found.model()) && named.add(found.model());
      String name = known ? found.model() : found.key();
      List<Integer> stages =
          found.stages().stream().filter(n -> ShardFolders.complete(found.folder(), n)).toList();
      Line line = lines.getOrDefault(name, new Line(name, -1, false, List.of()));
      lines.put(name, new Line(name, line.bytes(), line.cached(), stages));
    }
    return new ArrayList<>(lines.values());
  }
}
