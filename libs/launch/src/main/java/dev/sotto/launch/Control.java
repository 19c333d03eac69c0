package dev.sotto.launch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach a supervisor: a port of this machine, and a token that only those have who may read
 * the data folder.
 *
 * @param port on the loopback interface
 * @param token what a request must bear
 * @param pid the supervisor's process
 */
public record Control(int port, String token, long pid) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** The paths that a supervisor answers. */
  public static final String STATUS = "/status";

  /** Ends everything, in good order. */
  public static final String DOWN = "/down";

  /** Begins the path that revokes the node whose key follows. */
  public static final String REVOKE = "/revoke/";

  /** Tells others how to reach this supervisor. */
  public void write(PlatformFolder folder) throws IOException {
    PrivateFile.write(folder.control(), Json.write(this));
  }

  /**
   * How to reach the supervisor that was last here; empty if none was, or it left in good order.
   */
  public static Optional<Control> read(PlatformFolder folder) throws IOException {
    return Files.exists(folder.control())
        ? Optional.of(Json.read(folder.control(), Control.class))
        : Optional.empty();
  }

  /** How the platform is; empty if nobody answers. */
  public Optional<PlatformStatus> status() {
    return ask("GET", STATUS).map(PlatformStatus::of);
  }

  /** Asks the supervisor to end everything; whether it heard. */
  public boolean down() {
    return ask("POST", DOWN).isPresent();
  }

  /**
   * Asks that a node never be given a job again, and that those that it has end.
   *
   * @param identity its key, 64 hexadecimal digits
   * @return whether it is so
   */
  public boolean revoke(String identity) {
    return ask("POST", REVOKE + identity).isPresent();
  }

  private Optional<byte[]> ask(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "Control[port=" + port + ", pid=" + pid + "]";
  }
}
