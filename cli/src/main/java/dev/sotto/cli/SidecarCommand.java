package dev.sotto.cli;

import dev.sotto.contracts.Protection;
import java.io.IOException;
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
import picocli.CommandLine.Spec;

/** {@code sotto sidecar}: the OpenAI API on this machine, with the enclave in its process. */
@Command(
    name = "sidecar",
    description = {
      "Offers the OpenAI API on this machine until it is interrupted: prompts stay here, and the platform gets sealed shares.",
      "Starts the platform of this home if it does not run."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SidecarCommand implements Callable<Integer> {
  private static final String MAIN = "dev.sotto.sidecar.Sidecar";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private GatewayOptions gateway = new GatewayOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8090",
      description = "Where to listen; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "At which of this machine's addresses (default: ${DEFAULT-VALUE}).")
  private String address = "127.0.0.1";

  @Option(
      names = "--local-key-file",
      paramLabel = "FILE",
      description =
          "A file with a key that callers must have; needed where others can reach the address.")
  private @Nullable Path localKeyFile;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "Serve this model alone (default: all that the platform serves).")
  private @Nullable String model;

  @Option(
      names = "--protection",
      paramLabel = "passive|compared",
      description = "Give every answer this protection (default: as models are served).")
  private @Nullable Protection protection;

  @Override
  public Integer call() throws IOException {
    CommandLine command = spec.commandLine();
    if (port < 0 || port > 65_535) {
      throw new ParameterException(command, "--port must be 0 to 65535, was " + port);
    }
    String classPath = System.getProperty(SupervisorStart.CLASS_PATH, "");
    if (classPath.isEmpty()) {
      throw new CommandFailed("the sidecar is started by the launcher: ./sotto sidecar");
    }
    GatewayOptions.Access access;
    try (ProgressLine progress = ProgressLine.on(command.getErr())) {
      access = gateway.access(command, home.home(), progress);
    }
    Process process = new ProcessBuilder(command(classPath, access)).inheritIO().start();
    Thread hook = new Thread(process::destroy); // whoever ends this process means the sidecar
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      return 130;
    }
  }

  private List<String> command(String classPath, GatewayOptions.Access access) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dai.djl.offline=true",
            "-DOPT_OUT_TRACKING=true",
            "-cp",
            classPath,
            MAIN,
            "--server.port=" + port,
            "--server.address=" + address,
            "--sotto.sidecar.gateway-url=" + access.url(),
            "--sotto.sidecar.key-file=" + access.keyFile().toAbsolutePath(),
            "--sotto.sidecar.roots-file=" + access.rootsFile().toAbsolutePath()));
    if (localKeyFile != null) {
      words.add("--sotto.sidecar.local-key-file=" + localKeyFile.toAbsolutePath());
    }
    if (model != null) {
      words.add("--sotto.sidecar.model=" + ShardFolders.name(model));
    }
    if (protection != null) {
      words.add("--sotto.sidecar.protection=" + protection.label());
    }
    return words;
  }
}
