package dev.sotto.verification.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobVerified;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.receipt.Receipt;
import dev.sotto.contracts.receipt.SignedReceipt;
import dev.sotto.contracts.receipt.Verdict;
import dev.sotto.platform.internal.InternalToken;
import dev.sotto.verification.testing.Lane;
import dev.sotto.verification.testing.Running;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;

/** From events to signed receipts, over a real broker and a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceiptDeskTest {
  private static final SignedManifest ONE = Lane.manifest("lane-1");
  private static final SignedManifest TWO = Lane.manifest("lane-2");
  private static final UUID TENANT = new UUID(1, 1);
  private static final int ANSWERED = 5;
  private static final int FROM = 2;

  private final Random random = new Random(77);
  private Running service;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    service = new Running(folder);
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private static String job() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static JobEnded ended(String job, Protection protection, List<SignedManifest> lanes) {
    return new JobEnded(
        job,
        TENANT,
        new UUID(2, 2),
        new UUID(3, 3),
        "small",
        protection,
        JobEnded.Outcome.COMPLETED,
        "",
        "",
        false,
        12,
        ANSWERED,
        lanes.stream().map(SignedManifest::digest).toList());
  }

  private byte[] padded() {
    byte[] bits = new byte[ANSWERED * DigestPoint.STEP_BYTES];
    random.nextBytes(bits);
    return bits;
  }

  private void digest(String job, SignedManifest lane, byte[] padded) throws Exception {
    byte[] first = new byte[padded.length];
    random.nextBytes(first);
    byte[] second = first.clone();
    for (int i = 0; i < second.length; i++) {
      second[i] ^= padded[i];
    }
    service.tell(share(job, lane, Role.EVALUATOR_0, first), 2);
    service.tell(share(job, lane, Role.EVALUATOR_1, second), 1);
  }

  private static DigestShared share(String job, SignedManifest lane, Role role, byte[] bits) {
    String base64 = Base64.getEncoder().encodeToString(bits);
    SigningKey key = Lane.key(lane.equals(ONE) ? "lane-1" : "lane-2", role);
    return unsigned(job, lane, role, base64).signed(key.publicHex(), key::sign);
  }

  private static DigestShared unsigned(String job, SignedManifest lane, Role role, String base64) {
    return new DigestShared(job, lane.digest(), 0, role, FROM + ANSWERED, FROM, ANSWERED, base64);
  }

  /** What somebody says who may write to the topic and has no node's key. */
  private void forge(String job, byte[] padded) throws Exception {
    SigningKey liar = SigningKey.create();
    String base64 = Base64.getEncoder().encodeToString(padded);
    for (SignedManifest lane : List.of(ONE, TWO)) {
      for (Role role : List.of(Role.EVALUATOR_0, Role.EVALUATOR_1)) {
        DigestShared forged = unsigned(job, lane, role, base64);
        service.tell(forged, 1);
        service.tell(forged.signed(liar.publicHex(), liar::sign), 1);
        SigningKey real = Lane.key(lane.equals(ONE) ? "lane-1" : "lane-2", role);
        String replayed =
            unsigned(job(), lane, role, base64).signed(real.publicHex(), real::sign).signature();
        service.tell(
            new DigestShared(
                job, lane.digest(), 0, role, FROM + ANSWERED, FROM, ANSWERED, base64, replayed),
            1);
      }
    }
  }

  @Test
  void whatNoNodeHasSignedCountsForNothingWheneverItComes() throws Exception {
    String agreeing = job();
    byte[] padded = padded();
    forge(agreeing, padded()); // before anybody knows whose lanes these are
    service.tell(new JobPlaced(agreeing, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(agreeing, ONE, padded);
    forge(agreeing, padded());
    service.tell(ended(agreeing, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(agreeing, TWO, padded);
    assertThat(service.verdict().verdict()).isEqualTo(Verdict.AGREE);

    String disagreeing = job();
    service.tell(new JobPlaced(disagreeing, Protection.COMPARED, List.of(ONE, TWO)), 1);
    forge(disagreeing, padded()); // all four shares: lanes that agree, if they were believed
    service.tell(ended(disagreeing, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(disagreeing, ONE, padded());
    digest(disagreeing, TWO, padded());
    assertThat(service.verdict().verdict()).isEqualTo(Verdict.DISAGREE);
    assertThat(service.bean(MeterRegistry.class).get("sotto.records.unsigned").counter().count())
        .isPositive();
  }

  private Receipt receipt(JobVerified told) throws Exception {
    byte[] file = service.bean(Receipts.class).find(told.jobId(), TENANT).orElseThrow();
    SignedReceipt signed = SignedReceipt.decode(file);
    assertThat(signed.digest()).isEqualTo(told.receiptDigest());
    return signed.verified(service.keys());
  }

  @Test
  void oneLaneIsPassiveAndHasNoVerdict() throws Exception {
    String job = job();
    service.tell(new JobPlaced(job, Protection.PASSIVE, List.of(ONE)), 2);
    service.tell(ended(job, Protection.PASSIVE, List.of(ONE)), 2);
    JobVerified told = service.verdict();
    assertThat(told.verdict()).isEqualTo(Verdict.NONE);
    Receipt receipt = receipt(told);
    assertThat(receipt.protection()).isEqualTo(Protection.PASSIVE);
    assertThat(receipt.jobId()).isEqualTo(job);
    assertThat(receipt.completionTokens()).isEqualTo(ANSWERED);
    assertThat(receipt.lanes()).hasSize(1);
    assertThat(receipt.lanes().getFirst().nodes()).hasSize(3);
    assertThat(receipt.lanes().getFirst().manifestDigest()).isEqualTo(ONE.digest());
  }

  @Test
  void lanesWithTheSameDigestsAgreeWhenTheLastShareIsHere() throws Exception {
    String job = job();
    byte[] padded = padded();
    service.tell(new JobPlaced(job, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(job, ONE, padded);
    service.tell(ended(job, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(job, TWO, padded);
    JobVerified told = service.verdict();
    assertThat(told.verdict()).isEqualTo(Verdict.AGREE);
    assertThat(told.comparedSteps()).isEqualTo(ANSWERED);
    assertThat(receipt(told).verdict()).isEqualTo(Verdict.AGREE);
    // Nothing is left of it but the receipt.
    assertThat(count("digest_share", job) + count("placement", job)).isZero();
  }

  private int count(String table, String job) {
    return service
        .jdbc()
        .sql("SELECT count(*) FROM " + table + " WHERE job_id = ?")
        .param(job)
        .query(Integer.class)
        .single();
  }

  @Test
  void lanesWithOtherDigestsDisagreeAndNobodysReputationMoves() throws Exception {
    String job = job();
    service.tell(new JobPlaced(job, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(job, ONE, padded());
    digest(job, TWO, padded()); // as from a caller who feeds two lanes different prompts
    service.tell(ended(job, Protection.COMPARED, List.of(ONE, TWO)), 1);
    JobVerified told = service.verdict();
    assertThat(told.verdict()).isEqualTo(Verdict.DISAGREE);
    assertThat(told.dissenting()).containsExactly(ONE.digest(), TWO.digest());
    assertThat(receipt(told).lanes()).allMatch(Receipt.LaneEntry::dissents);
    int audited =
        service.jdbc().sql("SELECT count(*) FROM audit_result").query(Integer.class).single();
    assertThat(audited).isZero();
  }

  @Test
  void digestsThatNeverComeAreNotWaitedForForEver() throws Exception {
    String job = job();
    service.tell(new JobPlaced(job, Protection.COMPARED, List.of(ONE, TWO)), 1);
    digest(job, ONE, padded());
    service.tell(ended(job, Protection.COMPARED, List.of(ONE, TWO)), 1);
    JobVerified told = service.verdict();
    assertThat(told.verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(told.dissenting()).isEmpty();
    assertThat(receipt(told).comparedSteps()).isZero();
  }

  @Test
  void aJobThatWasNeverPlacedHasNoReceipt() throws Exception {
    String never = job();
    service.tell(ended(never, Protection.PASSIVE, List.of()), 1);
    String job = job();
    service.tell(new JobPlaced(job, Protection.PASSIVE, List.of(ONE)), 1);
    service.tell(ended(job, Protection.PASSIVE, List.of(ONE)), 1);
    assertThat(service.verdict().jobId()).isEqualTo(job);
    assertThat(service.bean(Receipts.class).find(never, TENANT)).isEmpty();
  }

  private HttpResponse<byte[]> get(String job, String tenant, String token) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + service.port() + "/internal/receipts/" + job);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header(InternalToken.HEADER, token)
            .header(InternalToken.TENANT_HEADER, tenant)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofByteArray());
    }
  }

  @Test
  void receiptsAreServedToTheirTenantAloneAndOnlyWithTheToken() throws Exception {
    String job = job();
    service.tell(new JobPlaced(job, Protection.PASSIVE, List.of(ONE)), 1);
    service.tell(ended(job, Protection.PASSIVE, List.of(ONE)), 1);
    assertThat(service.verdict().jobId()).isEqualTo(job);
    HttpResponse<byte[]> own = get(job, TENANT.toString(), Running.TOKEN);
    assertThat(own.statusCode()).isEqualTo(200);
    assertThat(SignedReceipt.decode(own.body()).verified(service.keys()).jobId()).isEqualTo(job);
    assertThat(get(job, new UUID(9, 9).toString(), Running.TOKEN).statusCode()).isEqualTo(404);
    assertThat(get(job(), TENANT.toString(), Running.TOKEN).statusCode()).isEqualTo(404);
    assertThat(get(job, TENANT.toString(), "no").statusCode()).isEqualTo(401);
    assertThat(get("x", TENANT.toString(), Running.TOKEN).statusCode()).isEqualTo(400);
    assertThat(get(job, "x", Running.TOKEN).statusCode()).isEqualTo(400);
    assertThat(service.bean(Receipts.class).find(job, new UUID(9, 9))).isEmpty();
    // A statement that names no tenant sees nothing, and nothing can be changed.
    assertThat(count("receipt", job)).isZero();
    assertThatThrownBy(() -> service.jdbc().sql("DELETE FROM receipt").update())
        .isInstanceOf(DataAccessException.class);
  }
}
