package dev.sotto.embedded.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PlatformStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code status}, {@code down} and {@code revoke}, to those who can read the data folder.
 */
public final class ControlServer implements AutoCloseable {
  private static final int TOKEN_BYTES = 32;
  private static final int BACKLOG = 16;

  private final HttpServer server;
  private final byte[] expected;
  private final PlatformFolder folder;

  private ControlServer(HttpServer server, byte[] expected, PlatformFolder folder) {
    this.server = server;
    this.expected = expected;
    this.folder = folder;
  }

  /**
   * Starts, and writes down how it is reached.
   *
   * @param revoke revokes a node by its key; whether it was done
   */
  public static ControlServer start(
      PlatformFolder folder,
      Supplier<PlatformStatus> status,
      Predicate<String> revoke,
      Runnable down)
      throws IOException {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    ControlServer control =
        new ControlServer(server, ("Bearer " + token).getBytes(StandardCharsets.US_ASCII), folder);
    server.createContext(
        Control.STATUS, exchange -> control.answer(exchange, "GET", () -> status.get().json()));
    server.createContext(
        Control.DOWN,
        exchange ->
            control.answer(
                exchange,
                "POST",
                () -> {
                  down.run();
                  return "";
                }));
    server.createContext(
        Control.REVOKE,
        exchange ->
            control.answer(
                exchange,
                "POST",
                () -> {
                  String path = exchange.getRequestURI().getPath();
                  return revoke.test(path.substring(Control.REVOKE.length())) ? "" : null;
                }));
    server.start();
    new Control(server.getAddress().getPort(), token, ProcessHandle.current().pid()).write(folder);
    return control;
  }

  /** {@code body} gives null for what could not be done. */
  private void answer(HttpExchange exchange, String method, Supplier<@Nullable String> body)
      throws IOException {
    try (exchange) {
      String bearer = exchange.getRequestHeaders().getFirst("Authorization");
      if (bearer == null
          || !MessageDigest.isEqual(expected, bearer.getBytes(StandardCharsets.ISO_8859_1))) {
        exchange.sendResponseHeaders(401, -1);
      } else if (!exchange.getRequestMethod().equals(method)) {
        exchange.sendResponseHeaders(405, -1);
      } else {
        String text = body.get();
        if (text == null) {
          exchange.sendResponseHeaders(502, -1);
          return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(folder.control());
    server.stop(0);
  }
}
