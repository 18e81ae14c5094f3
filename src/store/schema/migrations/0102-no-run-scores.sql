-- A run that goes in circles is stopped by a rule, which needs no score.
drop table run_scores;
delete from forecasts where signal = 'nowhere_score';
delete from system_config where key in ('settings.policies.pause_early', 'settings.policies.pause_early_above');
update projects set settings = settings - 'pause_early' - 'pause_early_above'
  where settings ?| array['pause_early', 'pause_early_above'];
