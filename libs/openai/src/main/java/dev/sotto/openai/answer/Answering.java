package dev.sotto.openai.answer;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerListener;
import dev.sotto.client.AnswerPiece;
import dev.sotto.client.AnswerRequest;
import dev.sotto.client.Steps;
import dev.sotto.contracts.JobId;
import dev.sotto.openai.Admission;
import dev.sotto.openai.AnswerJob;
import dev.sotto.openai.ApiHost;
import dev.sotto.openai.Caller;
import dev.sotto.openai.answer.RecentAnswers.Claim;
import dev.sotto.openai.answer.RecentAnswers.Stored;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.error.Faults;
import dev.sotto.openai.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Answers requests, each in the thread that brought it: one job after the other, shown as a view
 * will have it. A caller that leaves is noticed before the next step.
 */
@Component
public final class Answering {
  private final ApiHost host;
  private final Repeats repeats;
  private final SecureRandom random = new SecureRandom();

  /** Makes a view for one body. */
  @FunctionalInterface
  public interface WholeViews {
    /** A fresh view. */
    WholeView of(Ask ask, AnswerFacts facts);
  }

  /** Makes a view for a stream. */
  @FunctionalInterface
  public interface StreamedViews {
    /** A fresh view. */
    AnswerView of(Ask ask, AnswerFacts facts, EventStream events);
  }

  Answering(ApiHost host, Repeats repeats) {
    this.host = host;
    this.repeats = repeats;
  }

  /**
   * Reads a request and answers it.
   *
   * @param ask checks the request; its exceptions are the request's errors
   * @param promptField what the caller calls the prompt
   * @param whole shows answers as one body
   * @param streamed shows them as events
   */
  public void answer(
      Exchange exchange,
      Supplier<Ask> ask,
      String promptField,
      WholeViews whole,
      StreamedViews streamed)
      throws IOException {
    Ask asked;
    try {
      asked = ask.get();
    } catch (RuntimeException e) {
      throw ApiError.of(e, promptField);
    }
    HttpServletResponse response = exchange.response();
    response.setHeader("x-sotto-protection", asked.protection().label());
    StreamOptions options = asked.stream();
    if (options == null) {
      whole(exchange, asked, whole);
      return;
    }
    try (EventStream events =
        new EventStream(response, host.keepAlive(), options.includeObfuscation())) {
      streamed(exchange, asked, events, streamed);
    }
  }

  private void whole(Exchange exchange, Ask ask, WholeViews views) throws IOException {
    byte[] body;
    try (Claim claim = repeats.claim(exchange.request(), exchange.caller(), exchange.body())) {
      Stored stored = claim.stored();
      if (stored == null) {
        List<String> jobs = new ArrayList<>();
        WholeView view = views.of(ask, facts(ask, jobs));
        Progress progress = new Progress(view, jobs, exchange.response()::setHeader);
        try {
          run(exchange, ask, progress, () -> ClientPresence.gone(exchange.request()));
        } catch (RuntimeException e) {
          throw error(e, exchange.response(), ask, progress);
        }
        stored = new Stored(progress.jobs(), Json.bytes(view.body()));
        claim.keep(stored);
      }
      exchange.response().setHeader(JobHeader.NAME, stored.jobs());
      body = stored.body();
    }
    HttpServletResponse response = exchange.response();
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }

  private void streamed(Exchange exchange, Ask ask, EventStream events, StreamedViews views) {
    List<String> jobs = new ArrayList<>();
    AnswerView view = views.of(ask, facts(ask, jobs), events);
    Progress progress = new Progress(view, jobs, events::header);
    try (Claim claim = repeats.claim(exchange.request(), exchange.caller(), exchange.body())) {
      Stored stored = claim.stored();
      if (stored != null) {
        events.header(JobHeader.NAME, stored.jobs());
        events.replay(stored.body());
        return;
      }
      run(exchange, ask, progress, events::gone);
      byte[] recorded = events.recorded();
      if (recorded != null && !events.gone()) {
        claim.keep(new Stored(progress.jobs(), recorded));
      }
    } catch (CancellationException e) {
      return; // nobody is there to hear it
    } catch (RuntimeException e) {
      ApiError error = error(e, exchange.response(), ask, progress);
      if (events.withdrawn()) {
        throw error;
      }
      view.failed(error);
    }
  }

  /** What the caller is told; who has left is told nothing. */
  private static ApiError error(
      RuntimeException e, HttpServletResponse response, Ask ask, Progress progress) {
    ApiError error;
    try {
      error = ApiError.of(e, ask.promptField());
    } catch (CancellationException left) {
      throw left;
    } catch (RuntimeException fault) {
      error = Faults.told(fault, response);
    }
    return progress.computing ? error.afterCompute() : error;
  }

  private AnswerFacts facts(Ask ask, List<String> jobs) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return new AnswerFacts(
        HexFormat.of().formatHex(id),
        host.clock().instant().getEpochSecond(),
        ask.model(),
        ask.protection(),
        host.place(),
        ask.promptTokens(),
        Collections.unmodifiableList(jobs));
  }

  /** How far a request has come. */
  private static final class Progress {
    final AnswerView view;
    private final List<String> jobs;
    private final BiConsumer<String, String> headers;
    boolean computing;
    int prompts;
    int completions;

    /** With the jobs that its facts show, and where headers are set while there is time. */
    Progress(AnswerView view, List<String> jobs, BiConsumer<String, String> headers) {
      this.view = view;
      this.jobs = jobs;
      this.headers = headers;
    }

    /** A job is asked for: its receipt is found under this id. */
    void asked(JobId job) {
      jobs.add(job.toString());
      headers.accept(JobHeader.NAME, jobs());
    }

    String jobs() {
      return JobHeader.value(jobs);
    }
  }

  private void run(Exchange exchange, Ask ask, Progress progress, BooleanSupplier gone) {
    Caller caller = exchange.caller();
    int usual = host.usualMaxTokens();
    int mostTokens =
        ask.prompts().stream().mapToInt(prompt -> ask.most(prompt, usual) * ask.n()).sum();
    try (Admission admission =
        host.admit(caller, ask.model(), ask.answers(), ask.promptTokens() * ask.n(), mostTokens)) {
      admission.headers().forEach(exchange.response()::setHeader);
      try {
        for (int index = 0; index < ask.answers(); index++) {
          one(caller, ask, index, usual, progress, gone);
        }
      } finally {
        admission.used(progress.prompts, progress.completions);
      }
    }
    progress.view.done(new TokenUsage(ask.promptTokens(), progress.completions));
  }

  private void one(
      Caller caller, Ask ask, int index, int usual, Progress progress, BooleanSupplier gone) {
    int[] prompt = ask.prompts().get(index / ask.n());
    AnswerRequest request = ask.answer(index, ask.most(prompt, usual));
    if (gone.getAsBoolean()) {
      throw new CancellationException("nobody waits for the answer any more");
    }
    Answer answer;
    try (AnswerJob job =
        host.open(
            caller,
            ask.model(),
            ask.protection(),
            prompt.length,
            request.maxTokens(),
            progress::asked)) {
      progress.view.begin(index);
      progress.computing = true;
      progress.prompts += prompt.length;
      AnswerListener listener = new Shown(progress, index, gone);
      Steps counted =
          tokens -> {
            float[] logits = job.next(tokens);
            progress.completions++;
            return logits;
          };
      answer = ask.model().generation().answer(counted, request, listener);
      job.finished();
    }
    progress.view.end(index, answer);
  }

  private record Shown(Progress progress, int index, BooleanSupplier gone)
      implements AnswerListener {
    @Override
    public void piece(AnswerPiece piece) {
      progress.view.piece(index, piece);
    }

    @Override
    public boolean cancelled() {
      return gone.getAsBoolean();
    }
  }
}
