package dev.sotto.cli;

import dev.sotto.cli.ShardFolders.Provisioned;
import dev.sotto.models.shard.ShardException;
import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sotto verify-shards}: reads every word of every shard and compares the checksums. */
@Command(
    name = "verify-shards",
    description = "Checks that provisioned shards are complete and undamaged.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class VerifyShardsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description = "Models as 'sotto models' names them (default: all that are provisioned).")
  private List<String> models = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    ShardFolders folders = new ShardFolders(home.home().shards());
    List<Provisioned> wanted = new ArrayList<>();
    if (models.isEmpty()) {
      wanted.addAll(folders.list());
    }
    for (String name : models) {
      List<Provisioned> found = folders.ofName(name);
      if (found.isEmpty()) {
        throw new CommandFailed("no shards of " + name + " are here; see 'sotto models'");
      }
      wanted.addAll(found);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (wanted.isEmpty()) {
      out.println("No model is provisioned in " + home.home().shards() + ".");
      out.flush();
    }
    boolean intact = true;
    for (Provisioned model : wanted) {
      for (int stages : model.stages()) {
        intact &= verify(model, stages, out);
      }
    }
    return intact ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private boolean verify(Provisioned model, int stages, PrintWriter out) {
    String what = "%s, %s".formatted(model.key(), stages == 1 ? "1 stage" : stages + " stages");
    try (ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      ShardSet set =
          ShardSet.find(model.folder(), stages)
              .orElseThrow(() -> new CommandFailed(what + ": its shards have just gone"));
      set.verify((matrix, done, total) -> progress.bytes("reading " + what, done, total));
      progress.clear();
      out.printf(
          "%s: %d shards, %s, intact%n",
          what, set.headers().size(), ProgressLine.megabytes(set.bytes()));
      out.flush();
      return true;
    } catch (ShardException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("sotto: " + e.getMessage());
      err.flush();
      return false;
    }
  }
}
