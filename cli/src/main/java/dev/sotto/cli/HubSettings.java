package dev.sotto.cli;

import dev.sotto.models.source.HubToken;
import dev.sotto.models.source.ModelSources;
import java.net.URI;
import java.util.Map;

/**
 * Where {@code hf:} models come from, by the variables that Hugging Face's own tools read.
 *
 * @param address the hub
 * @param token a credential; empty for public models
 */
record HubSettings(URI address, String token) {
  /** The hub's address, where it is not the public one. */
  static final String ADDRESS = "HF_ENDPOINT";

  /** A credential for models that are not public. */
  static final String TOKEN = "HF_TOKEN";

  private static final String PUBLIC_HUB = "https://huggingface.co";

  /** From the environment; an address that is none is an error that names the variable. */
  static HubSettings of(Map<String, String> environment) {
    String address = environment.getOrDefault(ADDRESS, "");
    URI uri;
    try {
      uri = URI.create(address.isBlank() ? PUBLIC_HUB : address.strip());
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(ADDRESS + " is not an address; set it to the hub's, or to nothing");
    }
    if (uri.getHost() == null
        || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
      throw new CommandFailed(
          ADDRESS + " is not an http or https address; set it to the hub's, or to nothing");
    }
    return new HubSettings(uri, environment.getOrDefault(TOKEN, "").strip());
  }

  /** The sources with this hub among them. */
  ModelSources in(ModelSources sources) {
    ModelSources with = sources.withHub(address);
    if (token.isEmpty()) {
      return with;
    }
    try {
      return with.withToken(new HubToken(token));
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(TOKEN + " is no token: it is too long or has odd characters");
    }
  }

  @Override
  public String toString() {
    return "HubSettings[" + address + "]";
  }
}
