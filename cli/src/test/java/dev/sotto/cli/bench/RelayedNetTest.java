package dev.sotto.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a relay adds is at least what its network has; what it carries arrives as it was. */
class RelayedNetTest {
  private static final int BYTES = 2_000_000;

  @Test
  void bytesComeLateAndAtTheRateOfTheNetwork() throws Exception {
    byte[] sent = new byte[BYTES];
    new Random(7).nextBytes(sent);
    try (ServerSocket dealer = listening();
        ServerSocket first = listening();
        ServerSocket second = listening();
        RelayedNet net = new RelayedNet()) {
      Lane lane = lane(dealer, first, second);
      Lane seen = net.from("caller", lane);
      assertThat(seen.digest()).isEqualTo(lane.digest());
      assertThat(net.from("caller", lane)).isEqualTo(seen);
      int port = seen.stages().getFirst().evaluator0().port();
      assertThat(port).isNotEqualTo(first.getLocalPort());
      CompletableFuture<byte[]> received = new CompletableFuture<>();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try (Socket socket = first.accept()) {
                  received.complete(socket.getInputStream().readAllBytes());
                } catch (IOException e) {
                  received.completeExceptionally(e);
                }
              });
      net.become(Net.WAN);
      long start = System.nanoTime();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(sent);
        socket.shutdownOutput();
        assertThat(received.join()).isEqualTo(sent);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(seconds).isGreaterThan(Net.WAN.seconds(0, 1, BYTES) - 1e-3);
    }
  }

  @Test
  void aFewBytesTakeTheDelay() throws Exception {
    try (RelayedNet net = new RelayedNet()) {
      double without = net.oneWay().median();
      net.become(Net.METRO);
      assertThat(net.oneWay().median()).isGreaterThan(1.8e-3).isGreaterThan(without);
    }
  }

  @Test
  void aWayIsSharedByAllThatTravelOnIt() {
    RelayedNet.Way way = new RelayedNet.Way();
    long millisecond = 1_000_000;
    int bytes = (int) (Net.METRO.bytesPerSecond() / 1000); // a millisecond's worth
    assertThat(way.leaves(0, bytes, Net.METRO)).isEqualTo(millisecond);
    assertThat(way.leaves(0, bytes, Net.METRO)).isEqualTo(2 * millisecond);
    assertThat(way.leaves(5 * millisecond, bytes, Net.METRO)).isEqualTo(6 * millisecond);
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static Lane lane(ServerSocket dealer, ServerSocket first, ServerSocket second) {
    return new Lane(
        Lane.VERSION,
        "ab".repeat(32),
        "test",
        List.of(
            new LaneStage(
                0, 0, node("01", dealer, "a"), node("02", first, "b"), node("03", second, "c"))));
  }

  private static LaneNode node(String identity, ServerSocket at, String operator) {
    return new LaneNode(identity.repeat(32), "127.0.0.1", at.getLocalPort(), operator);
  }
}
