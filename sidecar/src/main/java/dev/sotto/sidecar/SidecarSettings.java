package dev.sotto.sidecar;

import dev.sotto.contracts.Protection;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a sidecar needs to know, as {@code sotto.sidecar}.
 *
 * @param gatewayUrl the gateway's address, as {@code http://127.0.0.1:8080}
 * @param keyFile a file with the API key, alone
 * @param rootsFile a file with whom this machine's owner believes
 * @param model serve this model alone; all that the gateway has, unless given
 * @param protection give every job this protection; as the model is offered, unless given
 * @param localKeyFile a file with a key that callers must have; needed to listen on another address
 *     than this machine's own
 * @param patience an answer that takes longer is of no use; at most an hour
 */
@ConfigurationProperties("sotto.sidecar")
record SidecarSettings(
    String gatewayUrl,
    Path keyFile,
    Path rootsFile,
    @Nullable String model,
    @Nullable Protection protection,
    @Nullable Path localKeyFile,
    @DefaultValue("30m") Duration patience) {
  private static final Duration LONGEST = Duration.ofHours(1);

  /** IllegalArgumentException, naming the setting, for what is missing or out of range. */
  SidecarSettings {
    needed("gateway-url", gatewayUrl);
    needed("key-file", keyFile);
    needed("roots-file", rootsFile);
    if (patience.isNegative() || patience.isZero() || patience.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "sotto.sidecar.patience must be above 0 and at most an hour");
    }
  }

  private static void needed(String name, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("sotto.sidecar." + name + " is missing");
    }
  }
}
