package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sotto.disposable.DisposableData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script by which an engine asks a container how it is, against the servers themselves. */
class ContainerHealthTest {
  private HttpServer http;

  @BeforeEach
  void listen() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    answer("/well", 200);
    answer("/unwell", 503);
    http.start();
  }

  @AfterEach
  void close() {
    http.stop(0);
  }

  private void answer(String path, int status) {
    http.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  private static Path script() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(at.resolve("docker/base/healthy"))) {
      at = Objects.requireNonNull(at.getParent(), "not within the source tree");
    }
    return at.resolve("docker/base/healthy");
  }

  private static int ask(String... question) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", script().toString()));
    command.addAll(List.of(question));
    Process asking = new ProcessBuilder(command).inheritIO().start();
    assertThat(asking.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return asking.exitValue();
  }

  private String httpPort() {
    return String.valueOf(http.getAddress().getPort());
  }

  private static URI kafka() {
    return URI.create("tcp://" + DisposableData.kafka().bootstrap());
  }

  private static URI postgres() {
    return URI.create(DisposableData.postgres().url("").substring("jdbc:".length()));
  }

  private static int ask(String what, URI server) throws Exception {
    return ask(what, String.valueOf(server.getPort()), server.getHost());
  }

  @Test
  void serversThatAreReadyAreWell() throws Exception {
    assertThat(ask("http", httpPort(), "/well")).isZero();
    assertThat(ask("kafka", kafka())).isZero();
    assertThat(ask("postgres", postgres())).isZero();
  }

  @Test
  void whatAnswersOtherwiseIsNot() throws Exception {
    assertThat(ask("http", httpPort(), "/unwell")).isEqualTo(1);
    assertThat(ask("http", httpPort(), "/nothing")).isEqualTo(1);
    assertThat(ask("kafka", postgres())).isEqualTo(1);
    assertThat(ask("postgres", httpPort())).isEqualTo(1);
  }

  @Test
  void nobodyIsNot() throws Exception {
    String port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = String.valueOf(gone.getLocalPort());
    }
    assertThat(ask("http", port, "/well")).isEqualTo(1);
    assertThat(ask("kafka", port)).isEqualTo(1);
    assertThat(ask("postgres", port)).isEqualTo(1);
  }

  @Test
  void aQuestionThatIsNoneIsSaidToBe() throws Exception {
    assertThat(ask("nonsense")).isEqualTo(2);
  }
}
