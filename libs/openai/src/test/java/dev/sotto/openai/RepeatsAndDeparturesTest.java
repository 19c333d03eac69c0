package dev.sotto.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Clients that ask twice, and clients that leave. */
@ApiTest
class RepeatsAndDeparturesTest {
  private static final String PATH = "/v1/chat/completions";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestHost host;
  private final Call call;
  private final int port;

  RepeatsAndDeparturesTest(@Autowired TestHost host, @LocalServerPort int port) {
    this.host = host;
    this.port = port;
    this.call = new Call(port);
  }

  @BeforeEach
  void reset() {
    host.reset();
  }

  private static String body(String said, String more) {
    return "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
        .formatted(said, more);
  }

  private String ask(String body, String... headers) throws Exception {
    HttpResponse<String> answer = call.post(PATH, body, headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void aKeyIsAnsweredOnce() throws Exception {
    for (String more : new String[] {"", ",\"stream\":true"}) {
      host.reset();
      String key = "key-" + more.length();
      String first = ask(body("key", more), "Idempotency-Key", key);
      assertThat(ask(body("key", more), "Idempotency-Key", key)).isEqualTo(first);
      assertThat(host.jobs).hasSize(1);
    }
  }

  @Test
  void aKeyIsForOneRequestOfOneCaller() throws Exception {
    ask(body("mine", ""), "Idempotency-Key", "shared", "Authorization", "Bearer a");
    HttpResponse<String> other =
        call.post(
            PATH, body("other", ""), "Idempotency-Key", "shared", "Authorization", "Bearer a");
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(Call.json(other.body()).at("/error/code").asString())
        .isEqualTo("idempotency_key_reused");
    ask(body("mine", ""), "Idempotency-Key", "shared", "Authorization", "Bearer b");
    assertThat(host.jobs).hasSize(2);
  }

  @Test
  void aRetryWithoutAKeyIsRecognised() throws Exception {
    String body = body("retry", "");
    String first = ask(body, "x-stainless-retry-count", "0");
    assertThat(ask(body, "x-stainless-retry-count", "1")).isEqualTo(first);
    assertThat(host.jobs).hasSize(1);
    // The same question asked anew is another request, and so is one that nobody counts.
    assertThat(ask(body, "x-stainless-retry-count", "0")).isNotEqualTo(first);
    ask(body);
    assertThat(host.jobs).hasSize(3);
  }

  @Test
  void aRepeatThatComesMeanwhileWaits() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    host.beforeStep =
        step -> {
          if (step == 1) {
            running.countDown();
            Until.passed(released, PATIENCE);
          }
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first =
          threads.submit(() -> ask(body("meanwhile", ""), "Idempotency-Key", "meanwhile"));
      assertThat(Until.passed(running, PATIENCE)).isTrue();
      Future<String> second =
          threads.submit(() -> ask(body("meanwhile", ""), "Idempotency-Key", "meanwhile"));
      released.countDown();
      assertThat(second.get()).isEqualTo(first.get());
    }
    assertThat(host.jobs).hasSize(1);
  }

  @Test
  void aFailureIsNotKept() throws Exception {
    host.beforeStep =
        _ -> {
          throw new IllegalStateException();
        };
    HttpResponse<String> failed = call.post(PATH, body("x", ""), "Idempotency-Key", "failed");
    assertThat(failed.statusCode()).isEqualTo(500);
    host.beforeStep = _ -> {};
    ask(body("x", ""), "Idempotency-Key", "failed");
    assertThat(host.jobs).hasSize(2);
  }

  /** Asks, and leaves once the answer has begun. */
  private TestHost.Job left(String more) throws IOException {
    host.ends = false;
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    host.beforeStep =
        step -> {
          if (step == 1) {
            begun.countDown();
            Until.passed(gone, PATIENCE);
          }
        };
    byte[] body = body("leave", more).getBytes(StandardCharsets.UTF_8);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head =
          String.join(
              "\r\n",
              "POST " + PATH + " HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Content-Length: " + body.length,
              "",
              "");
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      assertThat(Until.passed(begun, PATIENCE)).isTrue();
      socket.setSoLinger(true, 0);
    }
    gone.countDown();
    TestHost.Job job = host.jobs.getLast();
    assertThat(Until.passed(job.closed, PATIENCE)).isTrue();
    return job;
  }

  @Test
  void whoLeavesAStreamIsNoticed() throws IOException {
    TestHost.Job job = left(",\"stream\":true,\"max_tokens\":400");
    assertThat(job.finished).isFalse();
    assertThat(job.fed.size()).isLessThan(20); // the system buffers what was written meanwhile
  }

  @Test
  void whoLeavesWhileWaitingForOneBodyIsNoticedWithinAStep() throws IOException {
    TestHost.Job job = left(",\"max_tokens\":400");
    assertThat(job.finished).isFalse();
    assertThat(job.fed.size()).isLessThanOrEqualTo(3);
  }
}
