package dev.sotto.client.platform;

import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.models.ModelException;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The sealed API of a gateway, over HTTP. Requests that a gateway could not take, or whose answers
 * were lost, are sent again: every one of them may be. What a job needs is sent for as long as a
 * gateway may take to be started again, so that a job outlives it; but not past the job's deadline.
 * Thread-safe.
 */
public final class HttpJobChannel implements JobChannel, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofMinutes(10);

  /** The code of a gateway that could not be reached however often it was tried. */
  static final String UNREACHABLE = "gateway_unreachable";

  private static final String NO_LANE = "no_lane";

  /** Half a minute in all for what a job needs, a second for everything else. */
  private static final int TRIES_OF_JOBS = 10;

  private static final int TRIES = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int MAX_RESULTS_BYTES = 64 << 20;
  private static final int MAX_JSON_BYTES = 4 << 20;
  private static final int MAX_PART_BYTES = 64 << 20;

  private final URI base;
  private final String key;
  private final InstantSource clock;
  private final HttpClient http;
  private final ResumingSteps.Pause pause;
  private final Map<JobId, Instant> deadlines = new ConcurrentHashMap<>();

  /**
   * A gateway's sealed API.
   *
   * @param gateway its address, as {@code http://127.0.0.1:8080}; a trailing {@code /v1} or slash
   *     is fine
   * @param key the API key; goes into one header and nowhere else
   * @throws IllegalArgumentException if the address is none, or the key could not be a header
   */
  public HttpJobChannel(String gateway, String key, InstantSource clock) {
    this(gateway, key, clock, time -> LockSupport.parkNanos(time.toNanos()));
  }

  HttpJobChannel(String gateway, String key, InstantSource clock, ResumingSteps.Pause pause) {
    this.pause = pause;
    String address = gateway.strip().replaceAll("/+$", "").replaceAll("/v1$", "");
    URI uri = URI.create(address);
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || uri.getHost() == null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      throw new IllegalArgumentException(
          "the gateway's address must be as http://127.0.0.1:8080, was " + address);
    }
    if (!key.matches("[\\x21-\\x7e]{1,512}")) {
      throw new IllegalArgumentException("the API key must be 1 to 512 visible ASCII characters");
    }
    this.base = URI.create(address + "/");
    this.key = key;
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER) // the key is for this address
            .build();
  }

  @Override
  public Placement open(JobRequest request) {
    byte[] body = SealedJson.open(request);
    Duration left = Duration.between(clock.instant(), request.deadline());
    HttpRequest.Builder call =
        to("v1/sealed/jobs")
            .header("Content-Type", "application/json")
            .timeout(left.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : least(left, ANSWER))
            .POST(BodyPublishers.ofByteArray(body));
    // A job that a node failed is never ended from here: its entry goes when its time is over.
    deadlines.values().removeIf(past -> past.plus(GRACE).isBefore(clock.instant()));
    deadlines.put(request.jobId(), request.deadline());
    try {
      return SealedJson.placement(
          send(call, MAX_JSON_BYTES, TRIES_OF_JOBS, request.deadline().plus(GRACE)));
    } catch (JobRefused e) {
      deadlines.remove(request.jobId());
      throw e;
    }
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public SealedResults step(SealedStep step) {
    BodyPublisher body = BodyPublishers.ofByteArray(step.encode());
    HttpRequest.Builder call =
        to("v1/sealed/jobs/%s/steps/%d".formatted(step.jobId(), step.serial()))
            .header("Content-Type", "application/octet-stream")
            .PUT(body);
    Instant last = deadlines.getOrDefault(step.jobId(), clock.instant().plus(ANSWER)).plus(GRACE);
    Duration left = Duration.between(clock.instant(), last);
    call.timeout(left.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : least(left, ANSWER));
    byte[] answer = send(call, MAX_RESULTS_BYTES, TRIES_OF_JOBS, last);
    try {
      return SealedResults.decode(answer);
    } catch (BadMessage e) {
      throw garbled(e);
    }
  }

  @Override
  public void end(JobId job, Reason reason) {
    // A caller's word that it was left alone would make every job free.
    Reason said = reason == Reason.ABANDONED ? Reason.CANCELLED : reason;
    String path =
        "v1/sealed/jobs/%s?reason=%s".formatted(job, said.name().toLowerCase(Locale.ROOT));
    // That an answer is complete must be told, or it is not paid for; who is left notices anyway.
    int tries = reason == Reason.FINISHED ? TRIES_OF_JOBS : TRIES;
    Instant last = deadlines.getOrDefault(job, clock.instant().plus(ANSWER)).plus(GRACE);
    deadlines.remove(job);
    try {
      byte[] _ = send(to(path).DELETE(), MAX_JSON_BYTES, tries, last);
    } catch (JobRefused e) {
      if (e.kind() != Kind.NOT_FOUND && e.kind() != Kind.CONFLICT) {
        throw e;
      }
    }
  }

  /**
   * The public part of a model as the gateway has it. It is a claim: a job's manifests must have
   * been signed for its digests.
   *
   * @param model its name
   * @throws JobRefused also if it is none
   */
  public PublicPart publicPart(String model) {
    if (!SealedJson.MODEL.matcher(model).matches()) {
      throw new IllegalArgumentException("the model's name is none");
    }
    byte[] file = send(to("v1/sealed/models/" + model + "/public").GET(), MAX_PART_BYTES);
    try {
      Path copy = Files.createTempFile("sotto-public-", ".json");
      try {
        Files.write(copy, file);
        return PublicPart.read(copy);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ModelException e) {
      throw SealedJson.badPublicPart(e);
    }
  }

  /** The models that the gateway serves. */
  public List<OfferedModel> models() {
    return SealedJson.models(send(to("v1/models").GET(), MAX_JSON_BYTES));
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Authorization", "Bearer " + key)
        .timeout(ANSWER);
  }

  private byte[] send(HttpRequest.Builder call, int mostBytes) {
    return send(call, mostBytes, TRIES, clock.instant().plus(ANSWER));
  }

  /** The body of the answer; what is no success is a {@link JobRefused}. */
  private byte[] send(HttpRequest.Builder call, int mostBytes, int tries, Instant last) {
    HttpRequest request = call.build();
    Duration wait = FIRST_PAUSE;
    for (int left = tries - 1; ; left--) {
      @Nullable JobRefused refused;
      try {
        HttpResponse<byte[]> answer = http.send(request, _ -> new BoundedBody(mostBytes));
        if (answer.statusCode() / 100 == 2) {
          return answer.body();
        }
        refused =
            SealedJson.refusal(
                answer.statusCode(), answer.headers().firstValue("x-should-retry"), answer.body());
        // A job that found no lane is over: the same request would hear the same again.
        boolean again = refused.retryable() && !refused.code().equals(NO_LANE);
        if (answer.statusCode() != Kind.UNAVAILABLE.status() || !again) {
          throw refused;
        }
      } catch (IOException e) {
        if (e instanceof BoundedBody.TooLong || e.getCause() instanceof BoundedBody.TooLong) {
          throw garbled(e);
        }
        refused = unreachable(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted(e);
      }
      if (left == 0 || !clock.instant().plus(wait).isBefore(last)) {
        throw refused;
      }
      pause.of(wait);
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted(refused);
      }
      wait = least(wait.multipliedBy(3), LONGEST_PAUSE);
    }
  }

  private JobRefused unreachable(IOException cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    JobRefused refused =
        new JobRefused(
            Kind.UNAVAILABLE,
            UNREACHABLE,
            "The gateway at %s cannot be reached (%s).".formatted(base.getAuthority(), why),
            true);
    refused.initCause(cause);
    return refused;
  }

  private static JobRefused interrupted(Exception cause) {
    JobRefused refused =
        new JobRefused(Kind.UNAVAILABLE, "interrupted", "Waiting was interrupted.", false);
    refused.initCause(cause);
    return refused;
  }

  private static JobRefused garbled(Exception cause) {
    JobRefused refused =
        new JobRefused(
            Kind.FAILED,
            "bad_gateway",
            "The gateway's answer is none: " + cause.getMessage(),
            false);
    refused.initCause(cause);
    return refused;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  @Override
  public String toString() {
    return "HttpJobChannel[" + base.getAuthority() + "]";
  }
}
