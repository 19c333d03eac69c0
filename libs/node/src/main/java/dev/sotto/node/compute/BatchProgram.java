package dev.sotto.node.compute;

import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.nn.Decoder;
import dev.sotto.nn.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch: steps of one token of several jobs at one evaluator, run as the rows of one step
 * (iteration-level batching, Orca, OSDI 2022). One pass over the weights serves all rows, and one
 * message a round; every row gives the words that it would have given alone, see {@link
 * Session#together}. The dealer takes no notice: what it dealt to each job is used, row by row.
 */
public final class BatchProgram {
  private final List<StageProgram> members;
  private final StageWeights weights;
  private final Session session;
  private final SharedArithmetic arithmetic;
  private final Decoder<SharedValue> decoder;
  private int runs;

  /**
   * A member's step.
   *
   * @param step of one token
   * @param answers whether its logits are asked for
   * @param entered what {@link StageProgram#enter} gave
   */
  public record Row(StageProgram program, Step step, boolean answers, Share entered) {
    /** Checks that it is one row. */
    public Row {
      if (step.tokens() != 1) {
        throw new IllegalArgumentException("a row of a batch is one token, not " + step.tokens());
      }
    }

    /** The seat whose row it is. */
    public Session session() {
      return program.session();
    }

    /** Runs the rest of this step alone. */
    public StageProgram.Output alone() {
      return program.continued(step, answers, entered);
    }
  }

  /**
   * For these jobs, in this order: jobs that attend to about as many tokens should be side by side,
   * because neighbours of one kind run their attention together.
   *
   * @param weights readers of the shard, for the thread that runs the batch
   */
  public BatchProgram(List<StageProgram> members, StageWeights weights) {
    StageProgram first = members.getFirst();
    this.members = List.copyOf(members);
    this.weights = weights;
    this.session = Session.together(members.stream().map(StageProgram::session).toList());
    this.arithmetic =
        new SharedArithmetic(
            session,
            weights,
            MaskProducts.together(session, members.stream().map(StageProgram::products).toList()),
            first.plan(),
            first.header().config(),
            members.stream().map(StageProgram::sequence).toList());
    this.decoder =
        new Decoder<>(first.header().stage().firstLayer(), first.header().stage().endLayer());
  }

  /** Whether it is the program of these rows. */
  public boolean fits(List<Row> rows) {
    return members.equals(rows.stream().map(Row::program).toList());
  }

  /** Whether a job is among its members. */
  public boolean has(StageProgram job) {
    return members.contains(job);
  }

  /** How many members it has. */
  public int rows() {
    return members.size();
  }

  /** The weights that it reads, for the next program of the same thread. */
  public StageWeights weights() {
    return weights;
  }

  /** Runs the rest of these steps; outputs in the same order. */
  public List<StageProgram.Output> run(List<Row> rows) {
    if (!fits(rows)) {
      throw new IllegalArgumentException("these rows are other jobs' than the batch is of");
    }
    session.begin(runs++);
    for (Row row : rows) {
      row.program().sequence().begin(row.step());
    }
    SharedValue h =
        new SharedValue.Additive(Share.joined(rows.stream().map(Row::entered).toList()));
    h = decoder.blocks(arithmetic, h, rows.getFirst().step());
    List<StageProgram.Output> out = outputs(rows, h);
    session.end();
    for (Row row : rows) {
      row.program().session().end();
    }
    return out;
  }

  private List<StageProgram.Output> outputs(List<Row> rows, SharedValue h) {
    int n = rows.size();
    List<StageProgram.Output> out = new ArrayList<>();
    if (!rows.getFirst().program().header().stage().isLast()) {
      Share over = arithmetic.handOver(h);
      for (int i = 0; i < n; i++) {
        out.add(new StageProgram.Output.HandOver(row(over, i, n)));
      }
      return out;
    }
    if (!rows.stream().allMatch(Row::answers)) {
      throw new IllegalArgumentException("a row of the last stage is asked for its logits");
    }
    StageProgram.Output.Logits all = arithmetic.head(h);
    for (int i = 0; i < n; i++) {
      out.add(new StageProgram.Output.Logits(row(all.share(), i, n), row(all.state(), i, n)));
    }
    return out;
  }

  private static Share row(Share all, int i, int of) {
    int width = all.size() / of;
    return all.slice(i * width, width);
  }
}
