package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Speaks to a Hugging Face hub. The token goes to the hub's own host only, never to where it
 * redirects.
 */
final class HubClient implements AutoCloseable {
  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_LISTING = 16 << 20;
  private static final int MOST_FILES = 8192;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final URI hub;
  private final @Nullable HubToken token;
  private final Duration patience;
  private final HttpClient http;

  HubClient(URI hub, @Nullable HubToken token, Duration patience) {
    this.hub = hub;
    this.token = token;
    this.patience = patience;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
    if (!secureEnough(hub)) {
      throw new ModelException("hub: its address must be https (http only on this machine).");
    }
  }

  /** A repository at one commit. */
  record Listing(String commit, List<HubFile> files) {}

  /** What a repository has at a revision, with the commit that the revision is now. */
  Listing list(HubName name) {
    URI uri =
        hub.resolve(
            "/api/models/"
                + name.path()
                + "/revision/"
                + name.revision().replace("/", "%2F")
                + "?blobs=true");
    byte[] body;
    try {
      HttpResponse<InputStream> response = get(uri, 0);
      try (InputStream in = new ImpatientStream(response.body(), patience)) {
        refuse(name, response.statusCode());
        body = in.readNBytes(MOST_LISTING + 1);
      }
    } catch (IOException e) {
      throw new ModelException(
          "The hub did not answer about %s; check the network and try again."
              .formatted(name.path()),
          e);
    }
    if (body.length > MOST_LISTING) {
      throw new ModelException(
          "The hub's listing of " + name.path() + " is too long; take another model.");
    }
    StrictJson json = StrictJson.parse("the hub's listing", body);
    String commit = json.text("sha");
    if (commit == null || !COMMIT.matcher(commit).matches()) {
      throw json.bad("sha", "it is not a commit");
    }
    JsonNode siblings = json.node().path("siblings");
    if (!siblings.isArray() || siblings.size() > MOST_FILES) {
      throw json.bad("siblings", "it is not a list of at most " + MOST_FILES + " files");
    }
    List<HubFile> files = new ArrayList<>();
    for (JsonNode n : siblings) {
      String file = n.path("rfilename").asString("");
      long size = n.path("size").asLong(-1);
      String sha256 = lower(n.path("lfs").path("sha256").asString(""), SHA256);
      String blob = lower(n.path("blobId").asString(""), COMMIT);
      if (!file.isEmpty() && size >= 0 && (sha256 != null || blob != null)) {
        files.add(new HubFile(file, size, sha256, blob));
      }
    }
    return new Listing(commit, files);
  }

  private static @Nullable String lower(String hex, Pattern form) {
    String lower = hex.toLowerCase(Locale.ROOT);
    return form.matcher(lower).matches() ? lower : null;
  }

  /**
   * The content of a file from byte {@code from} on: 200 with all of it, or 206 with the rest. The
   * caller closes it.
   */
  HttpResponse<InputStream> open(HubName name, String commit, String file, long from)
      throws IOException {
    HttpResponse<InputStream> response =
        get(hub.resolve("/" + name.path() + "/resolve/" + commit + "/" + file), from);
    int status = response.statusCode();
    if (status == 416 || status >= 500) {
      response.body().close();
      throw new IOException("status " + status);
    }
    if (status != 200 && status != 206) {
      response.body().close();
      refuse(name, status);
    }
    return response;
  }

  private static void refuse(HubName name, int status) {
    switch (status) {
      case 200, 206 -> {}
      case 401, 403 ->
          throw new ModelException(
              "The hub does not give %s to us (status %d); accept its terms there and give a token that may read it."
                  .formatted(name.path(), status));
      case 404 ->
          throw new ModelException(
              "The hub has no %s at revision %s; check the spelling."
                  .formatted(name.path(), name.revision()));
      default ->
          throw new ModelException(
              "The hub answered %s with status %d; try again later."
                  .formatted(name.path(), status));
    }
  }

  private HttpResponse<InputStream> get(URI start, long from) throws IOException {
    URI uri = start;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience).GET();
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      if (token != null && sameOrigin(uri)) {
        request.header("Authorization", token.header());
      }
      HttpResponse<InputStream> response;
      try {
        response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ModelException(
            "The download was interrupted; run the command again to resume it.", e);
      }
      if (response.statusCode() / 100 != 3) {
        return response;
      }
      response.body().close();
      String location = response.headers().firstValue("Location").orElse("");
      try {
        uri = uri.resolve(location);
      } catch (IllegalArgumentException e) {
        throw new IOException("a redirect leads nowhere", e);
      }
      if (location.isEmpty() || !secureEnough(uri)) {
        throw new ModelException(
            "The hub redirects to an address that is not https; nothing was fetched from it.");
      }
    }
    throw new IOException("too many redirects");
  }

  private boolean sameOrigin(URI uri) {
    return hub.getScheme().equals(uri.getScheme())
        && hub.getHost().equals(uri.getHost())
        && hub.getPort() == uri.getPort();
  }

  private static boolean secureEnough(URI uri) {
    String host = uri.getHost();
    return host != null
        && ("https".equals(uri.getScheme())
            || ("http".equals(uri.getScheme())
                && (host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]"))));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
