package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.Gateway;
import dev.sotto.embedded.testing.Gateway.Reply;
import dev.sotto.embedded.testing.SharedPlatform;
import dev.sotto.embedded.testing.Tenant;
import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who has nothing but an HTTPS client has a receipt too, and nobody else has it. */
@ExtendWith(SharedPlatform.class)
class PlainReceiptTest {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final UserHome home = SharedPlatform.home();
  private final Gateway gateway = new Gateway(home);

  @TempDir private Path folder;

  @Test
  void aPlainCallersReceiptIsBelievedOfflineAndIsNobodyElses() throws Exception {
    Reply answer =
        gateway.chat(
            """
            {"model": "small", "temperature": 0, "max_tokens": 3,
             "messages": [{"role": "user", "content": "Hello"}]}""");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    String job = answer.header("x-sotto-job");
    assertThat(job).matches("[0-9a-f]{32}");
    assertThat(answer.body().at("/x_sotto/jobs/0").asString()).isEqualTo(job);
    assertThat(gateway.get("/v1/jobs/" + job).status()).isEqualTo(200);

    Reply receipt = receipt(job);
    Path file = folder.resolve("receipt.json");
    Files.writeString(file, receipt.response().body());
    Outcome verified = home.run("receipt", "verify", file.toString());
    assertThat(verified.exitCode()).as(verified.toString()).isZero();
    assertThat(verified.out())
        .contains("The signature is good.", job + ", completed", "protection  passive")
        .contains(
            answer.body().at("/usage/prompt_tokens").asInt()
                + " read, "
                + answer.body().at("/usage/completion_tokens").asInt()
                + " answered");

    Tenant other = Tenant.make(home, "other");
    for (String path : new String[] {"/v1/receipts/" + job, "/v1/jobs/" + job}) {
      HttpResponse<String> refused = other.get(path);
      assertThat(refused.statusCode()).as(path).isEqualTo(404);
      assertThat(refused.body()).doesNotContain(job);
    }
  }

  /** It is there a moment after the job's end. */
  private Reply receipt(String job) throws Exception {
    long start = System.nanoTime();
    CountDownLatch never = new CountDownLatch(1);
    Reply reply = gateway.get("/v1/receipts/" + job);
    while (reply.status() == 404) {
      assertThat(System.nanoTime() - start).as(reply.toString()).isLessThan(PATIENCE_NANOS);
      boolean _ = never.await(200, TimeUnit.MILLISECONDS);
      reply = gateway.get("/v1/receipts/" + job);
    }
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply;
  }
}
