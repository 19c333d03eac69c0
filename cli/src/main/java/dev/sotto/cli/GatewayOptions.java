package dev.sotto.cli;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.launch.PlatformFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which platform, by which key, and whom to believe, for the commands that are an enclave. */
final class GatewayOptions {
  private static final int MAX_BYTES = 1 << 20;

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "The platform's gateway (default: that of this home, which is started if it does not run).")
  private @Nullable String gateway;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "A file with the API key; with --gateway.")
  private @Nullable Path keyFile;

  @Option(
      names = "--roots-file",
      paramLabel = "FILE",
      description = "Whose lanes to believe: names and keys that you pin; with --gateway.")
  private @Nullable Path rootsFile;

  /**
   * Where to go and what to bring.
   *
   * @param url the gateway's address
   * @param keyFile a file with the key alone
   * @param rootsFile a file with the roots
   */
  record Access(String url, Path keyFile, Path rootsFile) {
    HttpJobChannel channel() throws IOException {
      return new HttpJobChannel(url, word(keyFile), InstantSource.system());
    }

    TrustRoots roots() throws IOException {
      try {
        return TrustRoots.decode(bytes(rootsFile));
      } catch (BadMessage e) {
        throw new CommandFailed(rootsFile + ": " + e.getMessage());
      }
    }
  }

  /** As the options say; without them the home's own platform, which runs when this returns. */
  Access access(CommandLine command, Home home, ProgressLine progress) throws IOException {
    if (gateway != null && keyFile != null && rootsFile != null) {
      return new Access(gateway, keyFile, rootsFile);
    }
    if (gateway != null || keyFile != null || rootsFile != null) {
      throw new ParameterException(
          command, "--gateway, --key-file and --roots-file must be given together");
    }
    PlatformFolder folder = Platform.ensureRunning(home, progress);
    return new Access(word(folder.gatewayUrl()), folder.key(), folder.roots());
  }

  private static String word(Path file) throws IOException {
    return new String(bytes(file), StandardCharsets.ISO_8859_1).strip();
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new CommandFailed(file + " is too long to be what it should be");
    }
    return Files.readAllBytes(file);
  }
}
