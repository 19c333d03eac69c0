package dev.sotto.cli;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.receipt.Receipt;
import dev.sotto.contracts.receipt.ReceiptKeys;
import dev.sotto.contracts.receipt.SignedReceipt;
import dev.sotto.contracts.receipt.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sotto receipt}: what was done for a job, checked without asking anybody. */
@Command(
    name = "receipt",
    description = "Checks receipts of jobs.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = ReceiptCommand.Verify.class,
    synopsisSubcommandLabel = "COMMAND")
final class ReceiptCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** {@code sotto receipt verify FILE}. */
  @Command(
      name = "verify",
      description =
          "Checks a receipt's signature against pinned keys, offline, and says what it says.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Verify implements Callable<Integer> {
    private static final int MOST_BYTES = 4 << 20;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "FILE", description = "The receipt, as the platform gave it.")
    private @Nullable Path file;

    @Option(
        names = "--keys",
        paramLabel = "FILE",
        description =
            "Whose receipts are believed (default: receipt-keys.json of the platform in this home).")
    private @Nullable Path keys;

    @Override
    public Integer call() throws IOException {
      Path pinned = keys != null ? keys : home.home().platform().receiptKeys();
      Receipt receipt;
      try {
        ReceiptKeys believed = ReceiptKeys.decode(read(pinned, "the file of pinned keys"));
        Path given = file == null ? Path.of("") : file;
        receipt = SignedReceipt.decode(read(given, "the receipt")).verified(believed);
      } catch (BadMessage e) {
        throw new CommandFailed("this receipt is not to be believed: " + e.getMessage());
      }
      print(receipt, spec.commandLine());
      return ExitCode.OK;
    }

    private static byte[] read(Path file, String what) throws IOException {
      if (!Files.isRegularFile(file)) {
        throw new CommandFailed(what + " is not at " + file);
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new CommandFailed(what + " at " + file + " is longer than any can be");
      }
      return Files.readAllBytes(file);
    }

    private static void print(Receipt receipt, CommandLine line) {
      PrintWriter out = line.getOut();
      out.println("The signature is good.");
      out.printf("job         %s, %s%n", receipt.jobId(), label(receipt));
      out.printf("model       %s (%s)%n", receipt.model(), receipt.modelDigest());
      out.printf(
          "tokens      %d read, %d answered%n", receipt.promptTokens(), receipt.completionTokens());
      out.printf(
          "time        placed %s, ended %s%n",
          Instant.ofEpochMilli(receipt.placedAt()), Instant.ofEpochMilli(receipt.endedAt()));
      out.printf("protection  %s%n", receipt.protection());
      out.printf("verdict     %s%n", sentence(receipt));
      for (Receipt.LaneEntry lane : receipt.lanes()) {
        out.printf(
            "lane        %s%s (%s)%n",
            lane.laneId(), lane.dissents() ? ", which dissents" : "", lane.manifestDigest());
        for (Receipt.NodeEntry node : lane.nodes()) {
          out.printf(
              "  stage %d   %-11s %s (%s)%n",
              node.stage(), node.role().label(), node.operator(), node.identity());
        }
      }
      out.flush();
    }

    private static String label(Receipt receipt) {
      return receipt.outcome().name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String sentence(Receipt receipt) {
      return switch (receipt.verdict()) {
        case Verdict.NONE -> "none: one lane, nothing was compared";
        case Verdict.AGREE ->
            "the lanes agree over all %d answered steps".formatted(receipt.comparedSteps());
        case Verdict.DISAGREE ->
            "the lanes disagree; do not rely on this answer (a caller that feeds its lanes"
                + " different prompts causes this too)";
        case Verdict.INCOMPLETE ->
            "incomplete: %d of %d answered steps could be compared"
                .formatted(receipt.comparedSteps(), receipt.completionTokens());
      };
    }
  }
}
