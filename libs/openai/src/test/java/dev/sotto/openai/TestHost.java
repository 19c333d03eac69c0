package dev.sotto.openai;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.springframework.util.FileSystemUtils;

/** A host whose model says what a test has written down. */
final class TestHost implements ApiHost, AutoCloseable {
  static final String MODEL = "small";

  private final PublicPart part = part();
  private final ServedModel model =
      new ServedModel(
          MODEL,
          part,
          List.of(Protection.PASSIVE, Protection.COMPARED),
          Instant.ofEpochSecond(1_700_000_000));
  final Tokenizer tokenizer = part.tokenizer();

  final List<Job> jobs = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger admitted = new AtomicInteger();
  final List<String> used = Collections.synchronizedList(new ArrayList<>());
  volatile List<String> says = List.of("Hello there.");
  volatile boolean ends = true;
  volatile IntConsumer beforeStep = _ -> {};
  volatile Runnable beforeOpen = () -> {};
  volatile Duration keepAlive = Duration.ofSeconds(10);
  volatile boolean obfuscates;

  private static PublicPart part() {
    try {
      Path folder = Files.createTempDirectory("sotto-openai-");
      try {
        MadeUpModel.small(7).write(folder);
        try (ModelFiles files = ModelFiles.open(folder)) {
          return files.publicPart();
        }
      } finally {
        FileSystemUtils.deleteRecursively(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void reset() {
    jobs.clear();
    used.clear();
    admitted.set(0);
    says = List.of("Hello there.");
    ends = true;
    beforeStep = _ -> {};
    beforeOpen = () -> {};
    keepAlive = Duration.ofSeconds(10);
    obfuscates = false;
  }

  /** The id of the job that is asked for after so many. */
  static JobId jobId(int before) {
    return new JobId(0, before + 1);
  }

  /** A job that a request has opened. */
  final class Job implements AnswerJob {
    final Protection protection;
    final int promptTokens;
    final int maxTokens;
    final CountDownLatch closed = new CountDownLatch(1);
    final List<int[]> fed = new ArrayList<>();
    volatile boolean finished;
    private final int[] tokens;

    private Job(Protection protection, int promptTokens, int maxTokens, String text) {
      this.protection = protection;
      this.promptTokens = promptTokens;
      this.maxTokens = maxTokens;
      int[] said = tokenizer.encode(text, false);
      this.tokens = java.util.Arrays.copyOf(said, said.length + 1);
      tokens[said.length] = tokenizer.ends().iterator().next();
    }

    @Override
    public float[] next(int... more) {
      beforeStep.accept(fed.size());
      float[] logits = new float[part.config().vocab()];
      int at = ends ? Math.min(fed.size(), tokens.length - 1) : fed.size() % (tokens.length - 1);
      logits[tokens[at]] = 50;
      fed.add(more);
      return logits;
    }

    @Override
    public void finished() {
      finished = true;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Override
  public EnclavePlace place() {
    return EnclavePlace.SIDECAR;
  }

  @Override
  public Caller caller(HttpServletRequest request) {
    String who = String.valueOf(request.getHeader("Authorization"));
    return () -> who;
  }

  @Override
  public List<ServedModel> models(Caller caller) {
    return List.of(model);
  }

  @Override
  public Admission admit(
      Caller caller, ServedModel about, int count, int promptTokens, int maxTokens) {
    admitted.incrementAndGet();
    return new Admission() {
      @Override
      public Map<String, String> headers() {
        return Map.of("x-ratelimit-remaining-requests", "41");
      }

      @Override
      public void used(int prompt, int completion) {
        used.add(prompt + "+" + completion);
      }

      @Override
      public void close() {
        admitted.decrementAndGet();
      }
    };
  }

  @Override
  public AnswerJob open(
      Caller caller,
      ServedModel about,
      Protection protection,
      int promptTokens,
      int maxTokens,
      Consumer<JobId> asked) {
    asked.accept(jobId(jobs.size()));
    beforeOpen.run();
    Job job = new Job(protection, promptTokens, maxTokens, says.get(jobs.size() % says.size()));
    jobs.add(job);
    return job;
  }

  @Override
  public boolean obfuscates() {
    return obfuscates;
  }

  @Override
  public Duration keepAlive() {
    return keepAlive;
  }

  @Override
  public void close() {
    tokenizer.close();
    model.close();
  }
}
