package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to a Hugging Face hub. The token goes to the hub's own host only, never to where it
 * redirects.
 */
final class HubClient implements AutoCloseable {
  private static final int MOST_REDIRECTS = 5;

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

  /** What a repository has at a revision, with the commit that the revision is now. */
  HubListing list(HubName name) throws HubUnreachable {
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
        body = in.readNBytes(HubListing.MOST_BYTES + 1);
      }
    } catch (IOException e) {
      throw new HubUnreachable(
          new ModelException(
              "The hub did not answer about %s; check the network and try again."
                  .formatted(name.path()),
              e));
    }
    if (body.length > HubListing.MOST_BYTES) {
      throw new ModelException(
          "The hub's listing of " + name.path() + " is too long; take another model.");
    }
    return HubListing.parse(body);
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
