package dev.sotto.openai;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a process that offers the API supplies. Refusals are a {@link
 * dev.sotto.client.platform.JobRefused} or a {@link dev.sotto.openai.error.ApiError}.
 */
public interface ApiHost {
  /** Where the enclave is. */
  EnclavePlace place();

  /** Who asks; refuses who may not. */
  Caller caller(HttpServletRequest request);

  /** What a caller may name, in the order in which it is listed. */
  List<ServedModel> models(Caller caller);

  /**
   * Takes a request in within its caller's limits, before anything is computed for it.
   *
   * @param jobs how many it takes, one after the other
   * @param promptTokens of all jobs together
   * @param maxTokens most tokens of all answers together
   */
  default Admission admit(
      Caller caller, ServedModel model, int jobs, int promptTokens, int maxTokens) {
    return Admission.UNLIMITED;
  }

  /**
   * Opens a job and waits until it is placed: see {@link PlatformAnswer}.
   *
   * @param asked hears the id of every job of the answer, before the platform is asked for it
   */
  AnswerJob open(
      Caller caller,
      ServedModel model,
      Protection protection,
      int promptTokens,
      int maxTokens,
      Consumer<JobId> asked);

  /** Whether streams hide their tokens' lengths unless a caller says otherwise. */
  default boolean obfuscates() {
    return place() == EnclavePlace.GATEWAY;
  }

  /** Most tokens of an answer where the caller does not say. */
  default int usualMaxTokens() {
    return 1024;
  }

  /** How often a stream that has nothing to say says so. */
  default Duration keepAlive() {
    return Duration.ofSeconds(10);
  }

  /** What time it is. */
  default InstantSource clock() {
    return InstantSource.system();
  }
}
