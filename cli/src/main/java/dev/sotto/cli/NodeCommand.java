package dev.sotto.cli;

import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.RevokedNodes;
import dev.sotto.node.NodeKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sotto node}: what an operator does about one node of this home. */
@Command(
    name = "node",
    description = "Takes a node of this home out of use, or gives it new keys.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {NodeCommand.Revoke.class, NodeCommand.Rotate.class},
    synopsisSubcommandLabel = "COMMAND")
final class NodeCommand implements Runnable {
  private static final String OLD = ".old";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    CommandLine self = spec.commandLine();
    throw new ParameterException(self, "a command is missing: revoke or rotate");
  }

  /** {@code sotto node revoke}. */
  @Command(
      name = "revoke",
      description = {
        "From now on nobody believes this node's key: its lane gets no jobs, those that run there end with an error that may be tried again, and callers, nodes and services refuse every manifest that names it.",
        "Its lane runs again once the node has new keys: sotto node rotate."
      },
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Revoke implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NODE", description = "As 'sotto status' names it.")
    private String node = "";

    @Override
    public Integer call() throws IOException {
      PlatformFolder folder = home.home().platform();
      PrintWriter out = spec.commandLine().getOut();
      out.printf("%s is revoked%s.%n", node, revoke(folder, keys(folder, node)));
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code sotto node rotate}. */
  @Command(
      name = "rotate",
      description = {
        "Gives a node new keys: the old ones are revoked and deleted, and the next sotto up makes new ones and has its lane's manifest signed again.",
        "Callers elsewhere need the new client/roots.json."
      },
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Rotate implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NODE", description = "As 'sotto status' names it.")
    private String node = "";

    @Override
    public Integer call() throws IOException {
      PlatformFolder folder = home.home().platform();
      Path keys = keys(folder, node);
      String told = revoke(folder, keys);
      delete(keys);
      PrintWriter out = spec.commandLine().getOut();
      out.printf("The old keys of %s are revoked%s and deleted.%n", node, told);
      out.println("./sotto up makes new ones; if the platform runs, ./sotto down first.");
      out.flush();
      return ExitCode.OK;
    }
  }

  private static Path keys(PlatformFolder folder, String node) throws IOException {
    Path nodes = folder.keys().resolve("nodes");
    List<String> names = names(nodes);
    if (!names.contains(node)) {
      throw new CommandFailed(
          names.isEmpty()
              ? "this home has no nodes yet; ./sotto up makes them"
              : "there is no node %s; there are %s".formatted(node, String.join(", ", names)));
    }
    return nodes.resolve(node);
  }

  private static List<String> names(Path nodes) throws IOException {
    if (!Files.isDirectory(nodes)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(nodes)) {
      return all.filter(NodeKeys::exist)
          .map(keys -> String.valueOf(keys.getFileName()))
          .filter(name -> !name.contains("."))
          .sorted()
          .collect(Collectors.toList());
    }
  }

  /** Writes it down, and tells the platform, if it runs. What to add to the sentence about it. */
  private static String revoke(PlatformFolder folder, Path keys) throws IOException {
    String identity = NodeKeys.load(keys).identity().key().hex();
    RevokedNodes.of(folder).add(identity);
    Platform platform = new Platform(folder);
    if (!platform.running()) {
      return "";
    }
    Optional<Control> control = Control.read(folder);
    if (control.isEmpty() || !control.get().revoke(identity)) {
      throw new CommandFailed(
          "the key is written down as revoked, but the platform that runs could not be told;"
              + " try again, or ./sotto down");
    }
    return " here and in the platform that runs";
  }

  /** Whoever has them could open what was sealed to them. */
  private static void delete(Path keys) throws IOException {
    Path old = keys.resolveSibling(keys.getFileName() + OLD);
    empty(old); // a crash left it
    Files.move(keys, old, StandardCopyOption.ATOMIC_MOVE);
    empty(old);
  }

  private static void empty(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
