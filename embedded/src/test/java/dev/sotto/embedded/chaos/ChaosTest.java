package dev.sotto.embedded.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.chaos.Outcome.Answered;
import dev.sotto.embedded.chaos.Outcome.Refused;
import dev.sotto.embedded.chaos.Placement.Caller;
import dev.sotto.embedded.chaos.Strike.Struck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody is killed while a job is somewhere. Its caller gets the right answer, or an error that
 * says to try again, before its deadline; the next caller is answered without anybody's doing; and
 * in the end every job is over once, paid once, and all books balance.
 *
 * <p>{@code -Dsotto.chaos=all} takes every placement, as {@code ./sotto test chaos} does, {@code
 * -Dsotto.chaos=N} so many, drawn by {@code -Dsotto.chaos.seed}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChaosTest {
  private static final String USUAL = "5";
  private static final long SEED = Long.getLong("sotto.chaos.seed", 4);
  private static final Duration BOOKS = Duration.ofSeconds(200);
  private static final int PROBE = 3;

  @TempDir private static Path folder;
  private final Map<Boolean, Home> homes = new LinkedHashMap<>();
  private final List<String> report = new ArrayList<>();

  static List<Placement> placements() {
    String count = System.getProperty("sotto.chaos", USUAL);
    List<Placement> chosen =
        count.equals("all")
            ? Placement.all()
            : count.matches("[0-9]+")
                ? Placement.sample(Integer.parseInt(count), SEED)
                : Placement.of(List.of(count.split(",")));
    System.out.printf(
        "chaos: %d of %d placements, seed %d%n", chosen.size(), Placement.all().size(), SEED);
    return chosen;
  }

  private Home home(boolean apart) throws IOException, InterruptedException {
    Home running = homes.get(apart);
    if (running == null) {
      closeHomes(); // one platform at a time is enough for a small machine
      running = Home.up(folder.resolve("apart-" + apart), apart);
      homes.put(apart, running);
      probe(running, System.nanoTime());
    }
    return running;
  }

  private void closeHomes() throws IOException, InterruptedException {
    for (Home home : homes.values()) {
      home.down();
    }
    homes.clear();
  }

  @AfterAll
  void down() throws IOException, InterruptedException {
    report.forEach(System.out::println);
    closeHomes();
  }

  @Test
  void thereAreEnoughPlacementsAndEverybodyIsKilledAtEveryState() {
    List<Placement> all = Placement.all();
    assertThat(all).hasSizeGreaterThanOrEqualTo(30).doesNotHaveDuplicates();
    for (Victim victim : Victim.values()) {
      Stream<Moment> moments =
          all.stream().filter(one -> one.victim() == victim).map(Placement::moment);
      if (victim.takesTheSupervisor()) {
        assertThat(moments).contains(Moment.DECODE, Moment.SETTLING);
      } else {
        assertThat(moments).contains(Moment.values());
      }
    }
    assertThat(Placement.sample(6, 1)).hasSize(6).isEqualTo(Placement.sample(6, 1));
  }

  @ParameterizedTest
  @MethodSource("placements")
  void nothingIsLostAnsweredTwiceOrPaidTwice(Placement placement) throws Exception {
    Home home = home(placement.apart());
    Struck struck = Strike.at(home, placement);
    if (placement.victim().takesTheSupervisor()) {
      home.startAgain();
    }
    Outcome outcome = struck.asking().outcome();
    double heard = (System.nanoTime() - struck.killedAt()) / 1e9;
    double recovered = probe(home, struck.killedAt());
    check(home, placement, outcome);
    Patience.until(
        () -> "books in order: " + home.books().amiss(),
        BOOKS,
        () -> home.books().amiss().isEmpty());
    Set<String> jobs = home.books().jobs(home.tokens(placement.caller()));
    jobs.removeAll(struck.jobsBefore());
    assertThat(home.books().billed(jobs)).hasSizeLessThanOrEqualTo(1);
    assertThat(home.books().completed(jobs)).isLessThanOrEqualTo(1);
    if (outcome instanceof Answered) {
      assertThat(home.books().billed(jobs)).hasSize(1);
      assertThat(home.books().completed(jobs)).isEqualTo(1);
    }
    assertThat(home.awaitReady().deadLetters()).isEmpty();
    say(placement, outcome, heard, recovered);
  }

  private void say(Placement placement, Outcome outcome, double heard, double recovered) {
    String what =
        switch (outcome) {
          case Answered _ -> "answered";
          case Refused refused -> "told " + refused.code();
        };
    String line =
        "%s: %s after %.1f s, the next one after %.1f s, all books in order"
            .formatted(placement, what, heard, recovered);
    report.add(line);
    System.out.println("chaos: " + line);
  }

  private static void check(Home home, Placement placement, Outcome outcome) {
    String right =
        placement.caller() == Caller.PLAIN
            ? home.expected().text()
            : home.expected().tokens().subList(0, SealedAsking.TOKENS).toString();
    switch (outcome) {
      case Answered(String answer) -> assertThat(answer).isEqualTo(right);
      case Refused(String code, boolean retryable, String shown) -> {
        assertThat(retryable).as("%s may be tried again", code).isTrue();
        assertThat(right).startsWith(shown.replaceFirst("]$", ""));
      }
    }
  }

  /** Asks until there is an answer, as a caller does; seconds from the kill to it. */
  private static double probe(Home home, long killedAt) throws IOException, InterruptedException {
    List<Outcome> refused = new ArrayList<>();
    while (true) {
      Outcome outcome = home.askPlain(PROBE).outcome();
      double seconds = (System.nanoTime() - killedAt) / 1e9;
      switch (outcome) {
        case Answered(String answer) -> {
          assertThat(home.expected().text()).startsWith(answer);
          return seconds;
        }
        case Refused now -> {
          assertThat(now.retryable()).as("%s may be tried again", now).isTrue();
          refused.add(now);
          assertThat(seconds).as("%s", refused).isLessThan((double) Home.RECOVERY.toSeconds());
          Patience.pause();
        }
      }
    }
  }
}
