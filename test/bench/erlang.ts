import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface ErlangFigures {
  readonly callUs: number;
  readonly tellsPerSecond: number;
  readonly restartUs: number;
  readonly processBytes: number;
}

/** The same between two processes of Erlang's, with OTP's own gen_server and supervisor. */
const SOURCE = `
-module(bench).
-behaviour(gen_server).
-export([main/0, start_link/0, init/1, handle_call/3, handle_cast/2]).

start_link() -> gen_server:start_link({local, echo}, ?MODULE, server, []).

init(server) -> {ok, 0};
init(supervisor) ->
    Child = #{id => echo, start => {?MODULE, start_link, []}},
    {ok, {#{strategy => one_for_one, intensity => 1000000, period => 1}, [Child]}}.

handle_call({echo, N}, _From, Seen) -> {reply, N, Seen};
handle_call(seen, _From, Seen) -> {reply, Seen, Seen}.
handle_cast({item, _N, _Kind, _Namespace, _Name, _Data}, Seen) -> {noreply, Seen + 1};
handle_cast(crash, _Seen) -> exit(crashed_on_purpose).

main() ->
    logger:set_primary_config(level, none),
    {ok, _} = supervisor:start_link(?MODULE, supervisor),
    calls(10000),
    {CallUs, _} = timer:tc(fun() -> calls(100000) end),
    Item = {item, 1, <<"Pod">>, <<"default">>, <<"web-5c9d8f7b6-x2x4q">>, binary:copy(<<"x">>, 150)},
    {TellUs, _} = timer:tc(fun() -> tells(Item, 500000) end),
    {memory, Bytes} = erlang:process_info(spawn(fun() -> receive stop -> ok end end), memory),
    Restarts = lists:sort([restart() || _ <- lists:seq(1, 200)]),
    io:format("~p ~p ~p ~p~n",
        [CallUs / 100000, 500000 / (TellUs / 1.0e6), lists:nth(100, Restarts), Bytes]),
    halt().

calls(0) -> ok;
calls(N) -> N = gen_server:call(echo, {echo, N}), calls(N - 1).

tells(Item, Count) ->
    Before = gen_server:call(echo, seen),
    tell(Item, Count),
    true = Count =:= gen_server:call(echo, seen, infinity) - Before.

tell(_Item, 0) -> ok;
tell(Item, N) -> gen_server:cast(echo, Item), tell(Item, N - 1).

restart() ->
    Old = whereis(echo),
    Began = erlang:monotonic_time(nanosecond),
    gen_server:cast(echo, crash),
    answered(Old),
    (erlang:monotonic_time(nanosecond) - Began) / 1000.

answered(Old) ->
    case whereis(echo) of
        Pid when is_pid(Pid), Pid =/= Old -> 1 = gen_server:call(Pid, {echo, 1});
        _ -> erlang:yield(), answered(Old)
    end.
`;

/** Undefined: there is no `erl` on the PATH. */
export function erlangFigures(): ErlangFigures | undefined {
  if (spawnSync('erl', ['-version']).status !== 0) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-erlang-'));
  try {
    writeFileSync(path.join(folder, 'bench.erl'), SOURCE);
    const evaluate = '{ok, bench} = compile:file(bench), bench:main().';
    const ran = spawnSync('erl', ['-noshell', '-eval', evaluate], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    const figures = ran.stdout.trim().split(/\s+/).map(Number);
    if (figures.length !== 4 || figures.some(Number.isNaN))
      throw new Error(`the benchmark in Erlang failed: ${ran.stdout}${ran.stderr}`);
    const [callUs = 0, tellsPerSecond = 0, restartUs = 0, processBytes = 0] = figures;
    return { callUs, tellsPerSecond, restartUs, processBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
