package dev.sotto.contracts;

import java.util.function.Function;

/** Whatever a caller and a node may say to each other about a job. */
public sealed interface Message
    permits JobOpen,
        JobEnvelope,
        StepRequest,
        StepResult,
        Failure,
        Close,
        SealedStep,
        NodeStep,
        NodeClose,
        PartialResult,
        SealedResults,
        DigestRequest {
  /** The longest encoding of any message, in bytes; what is longer is refused unread. */
  int MAX_BYTES = 40 << 20;

  /** The job that it is about. */
  JobId jobId();

  /** Its one encoding. */
  byte[] encode();

  /** Decodes any message; BadMessage for everything that {@link #encode} does not make. */
  static Message decode(byte[] encoding) {
    if (encoding.length == 0) {
      throw new BadMessage("Message.type", "is missing");
    }
    return switch (encoding[0]) {
      case JobOpen.TYPE -> decode(encoding, "JobOpen", JobOpen.TYPE, JobOpen::read);
      case StepRequest.TYPE -> decode(encoding, "StepRequest", StepRequest.TYPE, StepRequest::read);
      case StepResult.TYPE -> decode(encoding, "StepResult", StepResult.TYPE, StepResult::read);
      case Failure.TYPE -> decode(encoding, "Failure", Failure.TYPE, Failure::read);
      case Close.TYPE -> decode(encoding, "Close", Close.TYPE, Close::read);
      case JobEnvelope.TYPE -> decode(encoding, "JobEnvelope", JobEnvelope.TYPE, JobEnvelope::read);
      case SealedStep.TYPE -> decode(encoding, "SealedStep", SealedStep.TYPE, SealedStep::read);
      case NodeStep.TYPE -> decode(encoding, "NodeStep", NodeStep.TYPE, NodeStep::read);
      case NodeClose.TYPE -> decode(encoding, "NodeClose", NodeClose.TYPE, NodeClose::read);
      case PartialResult.TYPE ->
          decode(encoding, "PartialResult", PartialResult.TYPE, PartialResult::read);
      case SealedResults.TYPE ->
          decode(encoding, "SealedResults", SealedResults.TYPE, SealedResults::read);
      case DigestRequest.TYPE ->
          decode(encoding, "DigestRequest", DigestRequest.TYPE, DigestRequest::read);
      default -> throw new BadMessage("Message.type", "is none that this version knows");
    };
  }

  /** Decodes one kind of message and nothing after it. */
  static <M extends Message> M decode(
      byte[] encoding, String name, int type, Function<Reader, M> body) {
    Reader in = new Reader(encoding, name, type);
    M message = body.apply(in);
    in.end();
    return message;
  }
}
