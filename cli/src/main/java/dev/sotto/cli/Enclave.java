package dev.sotto.cli;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerListener;
import dev.sotto.client.AnswerRequest;
import dev.sotto.client.Generation;
import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.client.platform.OfferedModel;
import dev.sotto.client.platform.PlatformJob;
import dev.sotto.client.platform.ResumingSteps;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.models.text.PublicPart;
import dev.sotto.mpc.function.RingPlan;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** This process as an enclave of a platform: one model, and answers to conversations. */
final class Enclave implements Conversation.Partner, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final HttpJobChannel channel;
  private final TrustRoots roots;
  private final OfferedModel model;
  private final Protection protection;
  private final ModelPin pin;
  private final Generation generation;
  private final int context;
  private final SecureRandom random = new SecureRandom();

  private Enclave(
      HttpJobChannel channel, TrustRoots roots, OfferedModel model, Protection protection) {
    PublicPart part = channel.publicPart(model.name());
    this.channel = channel;
    this.roots = roots;
    this.model = model;
    this.protection = protection;
    this.pin = ModelPin.of(part);
    this.generation = new Generation(part);
    this.context = Math.min(part.config().context(), RingPlan.SERVED_CONTEXT);
  }

  /**
   * An enclave for a model that the platform has.
   *
   * @param model its name, or null for the only one
   * @param protection what jobs must be given, or null for the model's usual one
   */
  static Enclave open(
      HttpJobChannel channel,
      TrustRoots roots,
      @Nullable String model,
      @Nullable Protection protection) {
    OfferedModel chosen = chosen(channel.models(), model);
    Protection wanted = protection == null ? chosen.protections().getFirst() : protection;
    if (!chosen.protections().contains(wanted)) {
      throw new CommandFailed(
          "%s is not served with protection %s, but with %s; for compared answers start the"
                  .formatted(chosen.name(), wanted, chosen.protections())
              + " platform with --lanes 2");
    }
    return new Enclave(channel, roots, chosen, wanted);
  }

  private static OfferedModel chosen(List<OfferedModel> offered, @Nullable String model) {
    if (offered.isEmpty()) {
      throw new CommandFailed("the platform serves no model");
    }
    if (model == null) {
      return offered.getFirst();
    }
    // As they are told to provision, models have longer names than the platform gives them.
    String name = ShardFolders.name(model);
    return offered.stream()
        .filter(one -> one.name().equals(model) || one.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailed(
                    "the platform does not serve %s, but %s"
                        .formatted(
                            model,
                            offered.stream()
                                .map(OfferedModel::name)
                                .collect(Collectors.joining(", ")))));
  }

  @Override
  public String model() {
    return model.name();
  }

  @Override
  public Protection protection() {
    return protection;
  }

  @Override
  public int[] prompt(List<ChatMessage> messages) {
    int[] prompt = generation.conversation(messages);
    if (prompt.length >= context) {
      throw new InvalidParameter(
          "prompt",
          "has %d tokens, but nodes serve %d, the answer included; shorten it"
              .formatted(prompt.length, context));
    }
    return prompt;
  }

  /** As asked; a job that is open when this process ends is ended before. */
  @Override
  public Answer answer(
      int[] prompt, Sampling sampling, List<String> stops, int maxTokens, AnswerListener listener) {
    int most = Math.min(maxTokens, context - prompt.length);
    AnswerRequest request = new AnswerRequest(prompt, sampling, stops, most, -1);
    Instant deadline = InstantSource.system().instant().plus(PATIENCE);
    try (ResumingSteps steps =
        new ResumingSteps(
            (tokens, left) -> job(tokens, left, deadline),
            prompt.length,
            most,
            deadline,
            InstantSource.system())) {
      Thread hook = new Thread(steps::close);
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        Answer answer = generation.answer(steps, request, listener);
        steps.finished();
        return answer;
      } finally {
        unhook(hook);
      }
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // this process is ending: the hook has run or runs
    }
  }

  private PlatformJob job(int promptTokens, int maxTokens, Instant deadline) {
    JobRequest request =
        new JobRequest(
            JobId.random(random), model.name(), protection, promptTokens, maxTokens, deadline);
    return PlatformJob.open(channel, roots, pin, request, InstantSource.system());
  }

  @Override
  public void close() {
    generation.close();
  }
}
